

def _export(arguments):
    from . import predict

    print("The model lies in %s." % predict.export(arguments.run_folder, arguments.to))
    return 0


def _serve(arguments):
    import uvicorn

    uvicorn.run(__package__ + ".service:app", host=arguments.host, port=arguments.port)
    return 0


def _lambda(_arguments):
    from . import aws_lambda

    aws_lambda.serve()
    return 0
