import numpy as np
import pytest

from cyberdirector.core.errors import AdapterUnavailable, InputRefused, IntegrityError
from cyberdirector.modelstore import (
    face,
    font,
    fonts,
    has,
    onnx_session,
    pil_font,
    session_device,
)


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without any font."""
    monkeypatch.setenv("CYBERDIRECTOR_CACHE", str(tmp_path))
    monkeypatch.delenv(fonts.FONT_VARIABLE, raising=False)
    monkeypatch.setattr(fonts, "_DEBIAN", tmp_path / "none")
    fonts._faces.cache_clear()
    yield tmp_path
    fonts._faces.cache_clear()


def test_no_font_says_what_to_run(bare):
    with pytest.raises(AdapterUnavailable, match="models pull noto-sans-sc"):
        font()


def test_the_users_font_comes_first(bare, monkeypatch):
    path = bare / "my.ttf"
    monkeypatch.setenv(fonts.FONT_VARIABLE, str(path))
    with pytest.raises(InputRefused, match="does not exist"):
        font()
    path.write_bytes(b"")
    assert font() == path
    assert face(bold=True).weight == 0


def test_debians_fonts_are_found(bare, monkeypatch):
    folder = bare / "noto"
    folder.mkdir()
    monkeypatch.setattr(fonts, "_DEBIAN", folder)
    (folder / "NotoSansCJK-Regular.ttc").write_bytes(b"")
    assert font(bold=True).name == "NotoSansCJK-Regular.ttc"
    fonts._faces.cache_clear()
    (folder / "NotoSansCJK-Bold.ttc").write_bytes(b"")
    assert font(bold=True).name == "NotoSansCJK-Bold.ttc"
    assert face().index == 2


@pytest.mark.skipif(not has("noto-sans-sc"), reason="the font was not pulled")
def test_chinese_is_drawn_and_bold_is_heavier():
    regular, bold = pil_font(40), pil_font(40, bold=True)
    ink = [sum(f.getmask("茶馆雨夜")) for f in (regular, bold)]
    assert 0 < ink[0] < ink[1]
    missing = regular.getmask("\U000f0000")
    assert bytes(regular.getmask("茶")) != bytes(missing)
    assert ink[0] < sum(pil_font(40, weight=500).getmask("茶馆雨夜")) < ink[1]


@pytest.fixture(scope="module")
def doubler(tmp_path_factory):
    """A model that doubles its input."""
    onnx = pytest.importorskip("onnx")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "double",
        [helper.make_tensor_value_info("x", kind, [None])],
        [helper.make_tensor_value_info("y", kind, [None])],
    )
    opset = [helper.make_opsetid("", 17)]
    path = tmp_path_factory.mktemp("onnx") / "双.onnx"
    path.write_bytes(
        helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()
    )
    return path


def test_sessions_run_on_the_processor(doubler):
    session = onnx_session(doubler, threads=1, device="auto")
    (out,) = session.run(None, {"x": np.array([1.5, 2.0], np.float32)})
    assert out.tolist() == [3.0, 4.0]
    assert session_device(session) in ("cpu", "cuda")
    assert session_device(onnx_session(doubler)) == "cpu"


def test_cuda_is_refused_where_it_is_not(doubler, monkeypatch):
    import onnxruntime

    monkeypatch.setattr(
        onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"]
    )
    with pytest.raises(AdapterUnavailable, match="CUDA"):
        onnx_session(doubler, device="cuda")


def test_what_is_no_model_is_refused(tmp_path):
    path = tmp_path / "bad.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(IntegrityError) as caught:
        onnx_session(path)
    assert caught.value.code == "onnx-unreadable"
