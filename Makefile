# `make demo` and `make test` set everything up on a fresh machine.
PY := .venv/bin/python
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: bench-timeline sheet-timeline sheet-capture demo test setup lint types sheet sheet-perform cards bench-produce bench-render bench-characters bench-perform bench-capture clean

setup:
	@scripts/setup.sh

demo: setup
	.venv/bin/cyberdirector produce examples/雨夜茶馆.txt -o out/demo.mp4

test: setup-dev lint types
	$(PY) -m pytest -n 2 --dist loadgroup

.PHONY: setup-dev
setup-dev:
	@scripts/setup.sh dev

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports

types:
	.venv/bin/mypy

sheet: setup
	$(PY) scripts/sheet.py

sheet-perform: setup
	$(PY) scripts/sheet_perform.py

sheet-capture: setup
	$(PY) scripts/sheet_capture.py

sheet-timeline: setup
	$(PY) scripts/sheet_timeline.py

cards: setup
	$(PY) scripts/cards.py

bench-render: setup
	$(PY) benchmarks/render

bench-characters: setup
	$(PY) benchmarks/characters

bench-perform: setup
	$(PY) benchmarks/perform

bench-capture: setup
	$(PY) benchmarks/capture

bench-timeline: setup
	$(PY) benchmarks/timeline

bench-produce: setup
	$(PY) benchmarks/produce.py

clean:
	rm -rf out build dist
