"""uvicorn's supervisor of worker processes, which gives the port up before it ends them."""

from uvicorn.supervisors import Multiprocess


class WorkerProcesses(Multiprocess):
    """Worker processes that share a listening socket."""

    def terminate_all(self) -> None:
        """Stop listening, and ask the workers to end.

        The workers close the socket too, so that newcomers are refused at once, and another server
        may take the port while requests in progress are finished.
        """
        for listener in self.sockets:
            listener.close()
        super().terminate_all()
