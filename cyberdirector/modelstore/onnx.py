"""Opens ONNX models on the processor or on a CUDA device, always the same way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyberdirector.core.errors import AdapterUnavailable, IntegrityError, Location

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DEVICES = ("auto", "cpu", "cuda")


def providers() -> list[str]:
    """Return the execution providers that ONNX Runtime offers here."""
    import onnxruntime

    return list(onnxruntime.get_available_providers())


def onnx_session(path: Path, threads: int = 1, device: str = "cpu") -> InferenceSession:
    """Open an ONNX model.

    Parameters
    ----------
    path
        The ``.onnx`` file.
    threads
        Threads inside one operator. They do not spin while they wait: a spinning thread
        takes the core that the rasterizer needs.
    device
        ``cpu``, ``cuda`` or ``auto`` (CUDA where it works). The default is the processor
        because its results are the same on every run.

    Returns
    -------
    InferenceSession
        :func:`session_device` tells where it runs.

    Raises
    ------
    AdapterUnavailable
        ``cuda-unavailable`` when CUDA was asked for and is not there.
    IntegrityError
        ``onnx-unreadable`` when the file is not a model that can be opened.
    """
    import onnxruntime

    if device not in DEVICES:
        raise ValueError(f"device must be one of {DEVICES}, got {device!r}")
    offered = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    if device == "cuda" and not offered:
        raise AdapterUnavailable(
            "cuda-unavailable",
            "ONNX Runtime 不支持 CUDA，请运行 pip install 'cyberdirector[gpu]'，或改用 cpu。",
            "ONNX Runtime has no CUDA here; run pip install 'cyberdirector[gpu]' or use cpu.",
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    wanted = ["CPUExecutionProvider"]
    if device != "cpu" and offered:
        wanted.insert(0, "CUDAExecutionProvider")
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=wanted)
    except Exception as error:  # the runtime's exceptions share no narrower base
        raise IntegrityError(
            "onnx-unreadable",
            f"ONNX 模型打不开：{error}",
            f"The ONNX model cannot be opened: {error}",
            Location(str(path)),
        ) from error
    if device == "cuda" and session_device(session) != "cuda":
        raise AdapterUnavailable(
            "cuda-unavailable",
            "CUDA 没能启动（驱动或 cuDNN 不匹配），请检查驱动，或改用 cpu。",
            "CUDA did not start (driver or cuDNN does not fit); mend it or use cpu.",
        )
    return session


def session_device(session: InferenceSession) -> str:
    """Return ``cuda`` or ``cpu``: where a session really runs."""
    return "cuda" if "CUDAExecutionProvider" in session.get_providers() else "cpu"
