
    export = commands.add_parser("export-model", help="copy the model of a run into the model folder")
    export.add_argument("--run-folder", default="run")
    export.add_argument("--to", help="instead of model/ beside src/")
    export.set_defaults(action=_export)

    serve = commands.add_parser("serve", help="answer predictions over HTTP")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.set_defaults(action=_serve)

    function = commands.add_parser("lambda", help="answer predictions as a function of AWS Lambda, which starts this")
    function.set_defaults(action=_lambda)
