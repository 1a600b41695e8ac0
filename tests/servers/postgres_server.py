"""A real PostgreSQL cluster in a folder of its own, without fsync, one database per test that wants one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.ports import free_port
from tests.servers.process import ServerProcess
from tests.servers.programs import postgres_bin

ADMIN = "postgres"


class PostgresServer:
    """As root it runs as the user `postgres`, since PostgreSQL refuses to run as root."""

    def __init__(self) -> None:
        folder = postgres_bin()
        if folder is None:
            raise RuntimeError("PostgreSQL is not installed.")
        self.directory = Path(tempfile.mkdtemp(prefix="sidestage-postgres-"))
        self.user = ADMIN if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.directory, self.user, self.user)
        self.port = free_port()
        self._initdb = folder / "initdb"
        self.process = ServerProcess(
            [folder / "postgres", *self._options()],
            self.directory,
            self._answers,
            stop_signal=signal.SIGINT,
            user=self.user,
        )

    def _options(self) -> list[str]:
        return [
            *("-D", str(self.directory / "data"), "-k", str(self.directory)),
            *("-h", "127.0.0.1", "-p", str(self.port), "-F"),
            *("-c", "full_page_writes=off", "-c", "max_connections=200"),
        ]

    def url(self, database: str) -> str:
        """The address of one database, as SQLAlchemy spells it."""
        return f"postgresql+psycopg://{ADMIN}@127.0.0.1:{self.port}/{database}"

    @property
    def admin_url(self) -> str:
        """The address of the cluster's own database."""
        return self.url(ADMIN)

    def start(self) -> PostgresServer:
        """Make the cluster when it is new, start it, and wait until it answers."""
        if not (self.directory / "data").exists():
            self._make_cluster()
        self.process.start()
        return self

    def _make_cluster(self) -> None:
        options = ["-U", ADMIN, "--auth=trust", "--no-sync", "--encoding=UTF8", "--no-locale"]
        subprocess.run(
            [self._initdb, "-D", self.directory / "data", *options],
            cwd=self.directory,
            check=True,
            capture_output=True,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
        )

    def stop(self) -> None:
        """Stop it at once, open connections or not; the data stays."""
        self.process.stop()

    def kill(self) -> None:
        """SIGKILL; its helpers see that and end by themselves."""
        self.process.kill()

    def remove(self) -> None:
        """Stop it for good and clear its folder away."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def create_database(self, name: str, template: str = "template0") -> str:
        """A new database, copied from a template; its address."""
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(command.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and throw out whoever is connected."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, command: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(command)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user=ADMIN, dbname=ADMIN, autocommit=True)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True
