"""An operator sets variables; a wrong one stops the process with its name, a secret may lie in a file."""

from pathlib import Path

import pytest

from config import env


def test_unset_variable_takes_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OH_X", raising=False)
    assert env.integer("OH_X", 7) == 7
    assert env.boolean("OH_X", True) is True
    assert env.words("OH_X", ["a"]) == ["a"]


@pytest.mark.parametrize(("raw", "meant"), [("TRUE", True), ("on", True), ("0", False), ("No", False)])
def test_booleans_are_read_in_any_case(monkeypatch: pytest.MonkeyPatch, raw: str, meant: bool) -> None:
    monkeypatch.setenv("OH_X", raw)
    assert env.boolean("OH_X", not meant) is meant


@pytest.mark.parametrize(
    ("read", "raw", "why"),
    [
        (lambda: env.integer("OH_X", 1), "many", "whole number"),
        (lambda: env.integer("OH_X", 1, minimum=5), "4", "below 5"),
        (lambda: env.seconds("OH_X", 1.0), "-3", "above 0"),
        (lambda: env.boolean("OH_X", False), "perhaps", "neither true nor false"),
        (lambda: env.database("OH_X", Path("x")), "mysql://host/db", "not mysql"),
    ],
)
def test_a_wrong_value_is_loud_and_names_the_variable(monkeypatch: pytest.MonkeyPatch, read, raw, why) -> None:
    monkeypatch.setenv("OH_X", raw)
    with pytest.raises(env.EnvironmentVariableError, match=f"OH_X.*{why}"):
        read()


def test_a_secret_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.delenv("OH_X", raising=False)
    monkeypatch.setenv("OH_X_FILE", str(tmp_path / "key"))
    assert env.text("OH_X") == "from a file"


def test_a_secret_set_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OH_X", "a")
    monkeypatch.setenv("OH_X_FILE", str(tmp_path / "key"))
    with pytest.raises(env.EnvironmentVariableError, match="not both"):
        env.text("OH_X")


def test_a_missing_secret_file_is_loud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OH_X", raising=False)
    monkeypatch.setenv("OH_X_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(env.EnvironmentVariableError, match="cannot read"):
        env.text("OH_X")


def test_postgres_url_with_socket_and_quoted_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OH_X", "postgres://anna:p%40ss@db.example:6432/shop?sslmode=require")
    entry = env.database("OH_X", Path("unused"))
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"]) == ("anna", "p@ss", "db.example", "6432")
    assert entry["NAME"] == "shop"
    assert entry["OPTIONS"] == {"sslmode": "require"}


def test_sqlite_takes_the_write_lock_at_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OH_X", raising=False)
    assert env.database("OH_X", Path("/x/y.sqlite3"))["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_long_data_folder_gets_a_short_socket(tmp_path: Path) -> None:
    short, long = tmp_path / "r.sock", tmp_path / ("d" * 120) / "r.sock"
    assert env.socket_path(short) == short or len(str(short)) > 100
    assert len(str(env.socket_path(long))) <= 100
    assert env.socket_path(long) != env.socket_path(tmp_path / ("e" * 120) / "r.sock")
