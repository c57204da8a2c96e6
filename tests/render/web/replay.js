// Does in WebGL2 what a recorded renderer did in OpenGL (see record.py). Three things have no
// equal there and are done in WebGL's own way: multisampled textures are renderbuffers that
// are resolved when a pass reads them, depth-only programs get an empty fragment stage, and
// passes that only desktop GL has (triangle numbers) are left out. With `skin: "vertex"` no
// vertex is skinned into a buffer: every pass skins its own (key POSE), as a host does that
// cannot write to buffers.
"use strict";

const EMPTY = "void main() {}\n";
const ATTRIBUTES = { f1: [1, "UNSIGNED_BYTE"], f2: [2, "HALF_FLOAT"], f4: [4, "FLOAT"],
  u1: [1, "UNSIGNED_BYTE"], u2: [2, "UNSIGNED_SHORT"], u4: [4, "UNSIGNED_INT"],
  i1: [1, "BYTE"], i2: [2, "SHORT"], i4: [4, "INT"], nu1: [1, "UNSIGNED_BYTE"],
  ni1: [1, "BYTE"], nu2: [2, "UNSIGNED_SHORT"], ni2: [2, "SHORT"], x: [1, null],
  x1: [1, null], x2: [2, null], x4: [4, null] };

class Replay extends Targets {
  run(commands) {
    for (const [name, ...rest] of commands) {
      this[name](...rest);
      const error = this.gl.getError();
      if (error) throw new Error(`GL error ${error} in ${name} ${JSON.stringify(rest).slice(0, 200)}`);
    }
  }

  // Buffers. WebGL ties a buffer to the kind of its first use, so it is made then.
  buffer(name, size, place) {
    const data = new Uint8Array(size);
    if (place) data.set(this.bytes(place));
    this.things.set(name, { data, stale: true, id: null });
  }

  write(name, offset, place) {
    const entry = this.things.get(name);
    entry.data.set(this.bytes(place), offset);
    entry.stale = true;
  }

  bind(kind, name) {
    const gl = this.gl, entry = this.things.get(name);
    if (!entry.id) entry.id = gl.createBuffer();
    gl.bindBuffer(kind, entry.id);
    if (entry.stale) {
      gl.bufferData(kind, entry.data, gl.DYNAMIC_DRAW);
      entry.stale = false;
    }
    return entry.id;
  }

  bind_block(name, binding, offset, size) {
    const gl = this.gl;
    this.things.get(name).block = [binding, offset, size];
    const id = this.bind(gl.UNIFORM_BUFFER, name);
    this.blocks = this.blocks || new Map();
    this.blocks.set(binding, [name, offset, size]);
    gl.bindBufferRange(gl.UNIFORM_BUFFER, binding, id, offset, size);
  }

  // Programs and drawing.
  program(name, vertex, fragment, feedback) {
    const gl = this.gl;
    const native = /gl_PrimitiveID/.test(fragment || "");
    if (native) {
      this.things.set(name, { native });
      return;
    }
    this.things.set(name, this.link(vertex, fragment, feedback, ""));
  }

  link(vertex, fragment, feedback, extra) {
    const gl = this.gl;
    // The host resolves, so no pass has samples to read.
    const text = (t) => this.manifest.headers.web + extra
      + (t || EMPTY).replace(/^#define SAMPLES .*\n/m, "");
    const id = linkProgram(gl, this.manifest, text(vertex), text(fragment), feedback);
    const types = new Map();
    for (let i = 0; i < gl.getProgramParameter(id, gl.ACTIVE_UNIFORMS); i++) {
      const found = gl.getActiveUniform(id, i);
      types.set(found.name.replace(/\[0\]$/, ""), found.type);
    }
    const inputs = new Map();
    for (let i = 0; i < gl.getProgramParameter(id, gl.ACTIVE_ATTRIBUTES); i++) {
      const found = gl.getActiveAttrib(id, i);
      inputs.set(found.name, found.type);
    }
    return { id, types, inputs, vertex, fragment, values: new Map() };
  }

  uniform(name, key, place) {
    const entry = this.things.get(name);
    if (entry.native) return;
    entry.values.set(key, place);
    this.value(entry, key, place);
  }

  value(entry, key, place) {
    const gl = this.gl;
    if (!entry.types.has(key)) return;
    const raw = this.bytes(place).slice().buffer;
    const where = gl.getUniformLocation(entry.id, key);
    gl.useProgram(entry.id);
    const f = new Float32Array(raw), i = new Int32Array(raw), u = new Uint32Array(raw);
    switch (entry.types.get(key)) {
      case gl.FLOAT: gl.uniform1fv(where, f); break;
      case gl.FLOAT_VEC2: gl.uniform2fv(where, f); break;
      case gl.FLOAT_VEC3: gl.uniform3fv(where, f); break;
      case gl.FLOAT_VEC4: gl.uniform4fv(where, f); break;
      case gl.FLOAT_MAT3: gl.uniformMatrix3fv(where, false, f); break;
      case gl.FLOAT_MAT4: gl.uniformMatrix4fv(where, false, f); break;
      case gl.INT_VEC2: gl.uniform2iv(where, i); break;
      case gl.INT_VEC3: gl.uniform3iv(where, i); break;
      case gl.INT_VEC4: gl.uniform4iv(where, i); break;
      case gl.UNSIGNED_INT: gl.uniform1uiv(where, u); break;
      default: gl.uniform1iv(where, i);
    }
  }

  array(name, program, rows, index, index_size) {
    this.things.set(name, { program, rows, index, index_size });
  }

  // Returns false when the program is one that only desktop GL has.
  prepare(entry) {
    const gl = this.gl, program = this.things.get(entry.program);
    if (program.native) return false;
    const rest = entry.rows.map(([buffer]) => this.things.get(buffer).rest).find(Boolean);
    let used = program, rows = entry.rows;
    if (rest) {
      used = this.skinning(program, rest);
      rows = entry.rows.flatMap((row) => (this.things.get(row[0]).rest ? rest.rows : [row]));
    }
    gl.useProgram(used.id);
    if (!entry.id) {
      entry.id = gl.createVertexArray();
      gl.bindVertexArray(entry.id);
      for (const [buffer, layout, ...names] of rows) this.inputs(used, buffer, layout, names);
    }
    gl.bindVertexArray(entry.id);
    for (const [buffer] of rows) this.bind(gl.ARRAY_BUFFER, buffer);
    if (entry.index !== null) this.bind(gl.ELEMENT_ARRAY_BUFFER, entry.index);
    for (const [binding, [name, offset, size]] of this.blocks || []) {
      if (this.things.get(name).stale) this.bind_block(name, binding, offset, size);
    }
    return true;
  }

  // The permutation of a program that skins for itself, with the tables of one figure.
  skinning(program, rest) {
    program.skinning ||= this.link(program.vertex, program.fragment, [], "#define POSE 1\n");
    for (const [key, place] of program.values) this.value(program.skinning, key, place);
    for (const [unit, name] of rest.units) this.use_texture(name, unit);
    return program.skinning;
  }

  inputs(program, buffer, layout, names) {
    const gl = this.gl;
    const divisor = layout.endsWith("/i") ? 1 : 0;
    const fields = layout.replace(/\s*\/[iv]$/, "").trim().split(/\s+/).map((word) => {
      const [, count, kind] = /^(\d+)(\w+)$/.exec(word);
      const [size, type] = ATTRIBUTES[kind];
      return { count: +count, size: size * count, type, kind };
    });
    const stride = fields.reduce((sum, field) => sum + field.size, 0);
    this.bind(gl.ARRAY_BUFFER, buffer);
    let offset = 0, next = 0;
    for (const field of fields) {
      if (field.type) {
        const name = names[next++];
        if (program.inputs.has(name)) {
          const place = gl.getAttribLocation(program.id, name);
          const whole = ![gl.FLOAT, gl.FLOAT_VEC2, gl.FLOAT_VEC3, gl.FLOAT_VEC4].includes(program.inputs.get(name));
          gl.enableVertexAttribArray(place);
          if (whole) gl.vertexAttribIPointer(place, field.count, gl[field.type], stride, offset);
          else {
            const unit = field.kind === "f1" || field.kind.startsWith("n");
            gl.vertexAttribPointer(place, field.count, gl[field.type], unit, stride, offset);
          }
          gl.vertexAttribDivisor(place, divisor);
        }
      }
      offset += field.size;
    }
  }

  draw(name, mode, first, count, instances) {
    const gl = this.gl, entry = this.things.get(name);
    if (!this.prepare(entry)) {
      if (this.target) this.target.skipped = true;
      return;
    }
    if (entry.index === null) {
      gl.drawArraysInstanced(mode, first, count, instances);
    } else {
      const type = { 1: gl.UNSIGNED_BYTE, 2: gl.UNSIGNED_SHORT, 4: gl.UNSIGNED_INT }[entry.index_size];
      gl.drawElementsInstanced(mode, count, type, first * entry.index_size, instances);
    }
    gl.bindVertexArray(null);
  }

  feedback(name, buffer, mode, first, count, instances, offset) {
    const gl = this.gl, entry = this.things.get(name), into = this.things.get(buffer);
    if (this.skin === "vertex") {
      const tables = ["palette", "morph_entries", "morph_weights"];
      const units = tables.map((t) => this.manifest.samplers[t]);
      into.rest = { rows: entry.rows, units: units.map((u) => [u, this.units.get(u)]) };
      return;
    }
    if (!this.prepare(entry)) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, null);
    if (into.stale) this.bind(gl.ARRAY_BUFFER, buffer);
    gl.bindBuffer(gl.ARRAY_BUFFER, null);
    gl.enable(gl.RASTERIZER_DISCARD);
    gl.bindBufferRange(gl.TRANSFORM_FEEDBACK_BUFFER, 0, into.id, offset, into.data.length - offset);
    gl.beginTransformFeedback(mode);
    gl.drawArraysInstanced(mode, first, count, instances);
    gl.endTransformFeedback();
    gl.bindBufferBase(gl.TRANSFORM_FEEDBACK_BUFFER, 0, null);
    gl.disable(gl.RASTERIZER_DISCARD);
    gl.bindVertexArray(null);
  }
}

// "target" is a field of the player, so the command has another name.
function renamed(commands) {
  return commands.map((c) => (c[0] === "target" ? ["make_target", ...c.slice(1)] : c));
}
