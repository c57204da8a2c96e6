"""Khronos' glTF validator and pygltflib as witnesses of what is written."""

import json
import shutil
import subprocess
import zipfile

import numpy as np
import pytest
from format_samples import make_character, make_set
from test_formats_vrma import make_clip, make_rest

from cyberdirector import modelstore
from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.time import Rate
from cyberdirector.formats import set_bytes, vrm_bytes, vrma_bytes

TIMEOUT = 10
"""Seconds; the validator has been seen to hang on tiny broken files."""

SCRIPT = """
const fs = require('fs');
const validator = require(process.argv[2] + '/index.js');
(async () => {
  const out = [];
  for (const file of process.argv.slice(3)) {
    const bytes = new Uint8Array(fs.readFileSync(file));
    out.push((await validator.validateBytes(bytes, {uri: file, maxIssues: 100})).issues);
  }
  console.log(JSON.stringify(out));
})();
"""


@pytest.fixture(scope="module")
def validate(tmp_path_factory):
    """Return a function that gives the issues of files."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    try:
        modelstore.pull(["gltf-validator"])
    except AdapterUnavailable as error:
        pytest.skip(f"the validator cannot be had: {error.en}")
    folder = tmp_path_factory.mktemp("validator")
    with zipfile.ZipFile(modelstore.get("gltf-validator")) as archive:
        archive.extractall(folder)
    script = folder / "run.js"
    script.write_text(SCRIPT, encoding="utf-8")

    def run(*files):
        done = subprocess.run(
            [node, str(script), str(folder), *map(str, files)],
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
        return json.loads(done.stdout)

    return run


def assert_clean(issues):
    problems = [m for m in issues["messages"] if m["severity"] < 2]
    assert not problems
    assert issues["numErrors"] == issues["numWarnings"] == 0


def test_written_files_have_no_errors_and_no_warnings(validate, tmp_path):
    rest = make_rest()
    still = Clip.rest(3, Rate(24), rest.hip_height)
    files = {f"character{i}.vrm": vrm_bytes(make_character(i)) for i in range(6)}
    files |= {f"set{i}.glb": set_bytes(make_set(i)) for i in range(3)}
    files |= {
        "clip.vrma": vrma_bytes(make_clip(1), rest),
        "still.vrma": vrma_bytes(still, rest),
    }
    paths = []
    for name, data in files.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    for issues in validate(*paths):
        assert_clean(issues)


def test_many_joints_and_vertices_are_valid(validate, tmp_path):
    """Indices of 16 and 32 bits, joints above 255, weights of eight influences."""
    rng = np.random.default_rng(0)
    character = make_character(9)
    part = character.parts[0]
    count = 70_000
    part.positions = rng.normal(size=(count, 3)).astype(np.float32)
    part.normals = np.tile(np.array([0, 0, 1], np.float32), (count, 1))
    part.uvs = np.zeros((count, 2), np.float32)
    part.triangles = np.array([[0, 1, count - 1]], np.uint32)
    part.joints = np.tile(np.arange(8, dtype=np.uint16), (count, 1))
    part.weights = np.full((count, 8), 0.125, np.float32)
    part.morphs = {}
    part.outline_normals = part.outline_scale = None
    for _ in range(300):
        leaf = type(character.nodes[0])("leaf", 0, (0.0, 0.1, 0.0))
        character.nodes.append(leaf)
    character.parts[1].joints[:] = len(character.nodes) - 1
    path = tmp_path / "big.vrm"
    path.write_bytes(vrm_bytes(character))
    (issues,) = validate(path)
    assert_clean(issues)


def test_another_reader_agrees(tmp_path):
    pygltflib = pytest.importorskip("pygltflib")
    path = tmp_path / "a.glb"
    path.write_bytes(vrm_bytes(make_character(3)))
    found = pygltflib.GLTF2().load(str(path))
    character = make_character(3)
    assert [m.name for m in found.meshes] == [p.name for p in character.parts]
    assert len(found.skins[0].joints) == len(character.nodes)
    accessor = found.accessors[found.meshes[0].primitives[0].attributes.POSITION]
    view = found.bufferViews[accessor.bufferView]
    blob = found.binary_blob()[view.byteOffset :][: view.byteLength]
    positions = np.frombuffer(blob, np.float32).reshape(-1, 3)
    assert np.array_equal(positions, character.parts[0].positions)
