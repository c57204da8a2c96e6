import json
from pathlib import Path

import pytest

from cyberdirector.core.errors import ProjectError
from cyberdirector.timeline import (
    CameraItem,
    SceneItem,
    ShotItem,
    Timeline,
    load_timeline,
    read_timeline,
)


def timeline():
    def camera():
        return [CameraItem(eye=(0, 1.5, 2), target=(0, 1.5, 0), fov=30)]

    return Timeline(
        rate=(24, 1),
        size=(720, 1280),
        frames=96,
        scenes=[
            SceneItem(id="1-1", place="茶馆", set="teahouse", light="night", start=0, end=96)
        ],
        shots=[
            ShotItem(id="s1", scene="1-1", start=0, end=48, cameras=camera(), light="night"),
            ShotItem(id="s2", scene="1-1", start=48, end=96, cameras=camera(), light="night"),
        ],
    )


def test_round_trip_keeps_unknown_fields(tmp_path):
    path = tmp_path / "timeline.json"
    timeline().save(path)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["shots"][0]["colour"] = "teal"
    path.write_text(json.dumps(data))
    again = load_timeline(path)
    again.save(path)
    assert json.loads(path.read_text(encoding="utf-8"))["shots"][0]["colour"] == "teal"
    assert again.shots[0].cameras[0].fov == 30


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.update(version=9), "timeline-newer"),
        (lambda d: d.update(schema="other"), "timeline-damaged"),
        (lambda d: d["shots"][0].update(end=0), "timeline-damaged"),
        (lambda d: d["shots"][0].update(cameras=[]), "timeline-damaged"),
    ],
)
def test_bad_timelines_are_refused(tmp_path, change, code):
    path = tmp_path / "timeline.json"
    timeline().save(path)
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data))
    with pytest.raises(ProjectError) as caught:
        load_timeline(path)
    assert caught.value.code == code


def test_a_file_of_the_first_version_opens_and_keeps_what_it_does_not_know():
    old = load_timeline(Path(__file__).parent / "data" / "timeline-1.json")
    assert old.version == 2
    assert old.shots[0].model_extra == {"colour": "teal"}
    assert old.model_extra == {"studio": {"theme": "dark"}}
    assert [x.id for x in old.motion] == [f"1-1-{x.role}" for x in old.motion]
    assert all(x.id for x in old.texts)
    assert [x.id for x in old.lines] == [x.id for x in old.audio]
    again = read_timeline(old.plain(), "again")
    assert again == old
