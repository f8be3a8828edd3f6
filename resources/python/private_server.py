"""The app's own Jupyter server: loopback only, known to nobody else, ended with the process that started it.

One line of JSON comes on stdin: {"token", "folder"}. So the token is in no argument list and no environment.
One line of JSON goes to stdout when it listens: {"port"}. When stdin ends, because the host closed it or died,
the server ends its kernels and itself and removes its folder.
"""

import json
import os
import shutil
import sys
import threading

# What would let the user's own Jupyter settings in, or lead the server's things among theirs.
OWN = ("JUPYTER_NO_CONFIG", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_PATH")
SECONDS_TO_END = 6


def main():
    order = json.loads(sys.stdin.readline())
    folder = order["folder"]
    the_users = {name: os.environ.pop(name, None) for name in OWN}
    os.environ["JUPYTER_NO_CONFIG"] = "1"
    for name in OWN[1:]:
        os.environ[name] = os.path.join(folder, name.split("_")[1].lower())
    # Stdout carries our one line; whatever else prints goes to the log.
    answer = os.dup(1)
    os.dup2(2, 1)
    app = make_server(order["token"], folder)
    # Kernels inherit the user's own settings, not the server's.
    for name, value in the_users.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    threading.Thread(target=end_with_the_host, args=(app,), daemon=True).start()
    # The server binds its port in the loop's first turn: whoever is told the port may connect at once.
    app.io_loop.add_callback(os.write, answer, (json.dumps({"port": app.port}) + "\n").encode())
    try:
        app.start()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_server(token, folder):
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

    config = Config()
    config.IdentityProvider.token = token
    config.ServerApp.ip = "127.0.0.1"
    config.ServerApp.port = 0
    config.ServerApp.open_browser = False
    config.ServerApp.allow_root = True
    config.ServerApp.allow_remote_access = False
    config.ServerApp.log_level = "WARN"
    config.ServerApp.root_dir = folder
    config.ServerApp.terminals_enabled = False
    config.ServerApp.kernel_manager_class = manager_class()
    # With the limits on, a cell that prints 20,000 lines never finishes for the client.
    config.ZMQChannelsWebsocketConnection.limit_rate = False
    config.ZMQChannelsWebsocketConnection.iopub_msg_rate_limit = 0
    config.ZMQChannelsWebsocketConnection.iopub_data_rate_limit = 0
    # A kernel that dies is said to be dead: a silent restart would hide that its variables are gone.
    config.KernelRestarter.restart_limit = 0
    config.KernelRestarter.time_to_dead = 1.0
    app = ServerApp.instance(config=config)
    app.initialize(argv=[], find_extensions=False)
    app.kernel_spec_manager.kernel_dirs = [os.path.join(folder, "kernels")]
    app.kernel_spec_manager.ensure_native_kernel = False
    return app


def manager_class():
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

    class AnyFolder(AsyncMappingKernelManager):
        """Kernels run beside their notebook, wherever that is; the stock server knows only its root folder."""

        def cwd_for_path(self, path, **kwargs):
            return path if os.path.isabs(path) else super().cwd_for_path(path, **kwargs)

    return AnyFolder


def end_with_the_host(app):
    sys.stdin.read()
    threading.Thread(target=end_by_force, args=(app,), daemon=True).start()
    app.stop(from_signal=True)


def end_by_force(app):
    import time

    time.sleep(SECONDS_TO_END)
    for manager in list(app.kernel_manager._kernels.values()):
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            process.kill()
    shutil.rmtree(app.root_dir, ignore_errors=True)
    os._exit(1)


main()
