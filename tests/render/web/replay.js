// Does in WebGL2 what a recorded renderer did in OpenGL (see record.py). Three things have no
// equal there and are done in WebGL's own way: multisampled textures are renderbuffers that
// are resolved when a pass reads them, depth-only programs get an empty fragment stage, and
// passes that only desktop GL has (triangle numbers) are left out. With `skin: "vertex"` no
// vertex is skinned into a buffer: every pass skins its own (key POSE), as a host does that
// cannot write to buffers.
"use strict";

const EMPTY = "void main() {}\n";
const KINDS = { f1: "UNSIGNED_BYTE", f2: "HALF_FLOAT", f4: "FLOAT" };
const FORMATS = {
  f1: ["R8", "RG8", "RGB8", "RGBA8"],
  f2: ["R16F", "RG16F", "RGB16F", "RGBA16F"],
  f4: ["R32F", "RG32F", "RGB32F", "RGBA32F"],
};
const FUNCTIONS = {
  "<=": "LEQUAL", "<": "LESS", ">=": "GEQUAL", ">": "GREATER",
  "==": "EQUAL", "!=": "NOTEQUAL", "0": "NEVER", "1": "ALWAYS",
};
const ATTRIBUTES = { f1: [1, "UNSIGNED_BYTE"], f2: [2, "HALF_FLOAT"], f4: [4, "FLOAT"],
  u1: [1, "UNSIGNED_BYTE"], u2: [2, "UNSIGNED_SHORT"], u4: [4, "UNSIGNED_INT"],
  i1: [1, "BYTE"], i2: [2, "SHORT"], i4: [4, "INT"], nu1: [1, "UNSIGNED_BYTE"],
  ni1: [1, "BYTE"], nu2: [2, "UNSIGNED_SHORT"], ni2: [2, "SHORT"], x: [1, null],
  x1: [1, null], x2: [2, null], x4: [4, null] };

class Replay {
  constructor(gl, manifest, blobs, skin) {
    this.gl = gl;
    this.skin = skin;
    this.units = new Map();
    this.manifest = manifest;
    this.blobs = blobs;
    this.things = new Map();
    this.pictures = [];
    this.target = null;
    this.resolver = [gl.createFramebuffer(), gl.createFramebuffer()];
    for (const name of ["EXT_color_buffer_float", "OES_texture_float_linear"]) {
      gl.getExtension(name);
    }
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.pixelStorei(gl.PACK_ALIGNMENT, 1);
    gl.disable(gl.DITHER);
  }

  bytes(place) {
    return place ? this.blobs.subarray(place[0], place[0] + place[1]) : null;
  }

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

  // Textures and targets.
  texture(name, kind, size, place, more) {
    const gl = this.gl, [width, height, depth] = size;
    const entry = { kind, size, more, samples: more.samples || 0 };
    this.things.set(name, entry);
    const dtype = more.dtype || "f1";
    entry.format = kind === "depth" || more.components === 0
      ? gl.DEPTH_COMPONENT24 : gl[FORMATS[dtype][more.components - 1]];
    entry.depth = entry.format === gl.DEPTH_COMPONENT24;
    if (kind === "renderbuffer" || entry.samples) {
      entry.renderbuffer = gl.createRenderbuffer();
      gl.bindRenderbuffer(gl.RENDERBUFFER, entry.renderbuffer);
      gl.renderbufferStorageMultisample(gl.RENDERBUFFER, entry.samples, entry.format, width, height);
      if (kind === "renderbuffer") return;
      entry.plain = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, entry.plain);
      gl.texStorage2D(gl.TEXTURE_2D, 1, entry.format, width, height);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      return;
    }
    entry.id = gl.createTexture();
    entry.face = kind === "volume" ? gl.TEXTURE_3D : gl.TEXTURE_2D;
    entry.pixel = entry.depth ? [gl.DEPTH_COMPONENT, gl.UNSIGNED_INT]
      : [[gl.RED, gl.RG, gl.RGB, gl.RGBA][more.components - 1], gl[KINDS[dtype]]];
    gl.bindTexture(entry.face, entry.id);
    const data = this.pixels(entry, place);
    if (kind === "volume") {
      gl.texImage3D(entry.face, 0, entry.format, width, height, depth, 0, ...entry.pixel, data);
    } else {
      gl.texImage2D(entry.face, 0, entry.format, width, height, 0, ...entry.pixel, data);
    }
  }

  pixels(entry, place) {
    const raw = this.bytes(place);
    if (!raw) return null;
    const copy = raw.slice().buffer;
    if (entry.pixel[1] === this.gl.FLOAT) return new Float32Array(copy);
    if (entry.pixel[1] === this.gl.HALF_FLOAT) return new Uint16Array(copy);
    return new Uint8Array(copy);
  }

  texture_write(name, place, viewport, level) {
    const gl = this.gl, entry = this.things.get(name);
    gl.bindTexture(entry.face, entry.id);
    const data = this.pixels(entry, place);
    if (entry.kind === "volume") {
      gl.texSubImage3D(entry.face, level, 0, 0, 0, ...entry.size, ...entry.pixel, data);
      return;
    }
    const box = !viewport ? [0, 0, ...entry.size]
      : viewport.length === 2 ? [0, 0, ...viewport] : viewport;
    gl.texSubImage2D(entry.face, level, ...box, ...entry.pixel, data);
  }

  mipmaps(name) {
    const entry = this.things.get(name);
    this.gl.bindTexture(entry.face, entry.id);
    this.gl.generateMipmap(entry.face);
  }

  use_texture(name, unit) {
    const gl = this.gl, entry = this.things.get(name);
    if (entry.samples) this.resolve(entry);
    this.units.set(unit, name);
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(entry.face || gl.TEXTURE_2D, entry.plain || entry.id);
    gl.activeTexture(gl.TEXTURE0 + 31);
  }

  resolve(entry) {
    const gl = this.gl, [width, height] = entry.size;
    const place = entry.depth ? gl.DEPTH_ATTACHMENT : gl.COLOR_ATTACHMENT0;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.resolver[0]);
    gl.framebufferRenderbuffer(gl.READ_FRAMEBUFFER, place, gl.RENDERBUFFER, entry.renderbuffer);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, this.resolver[1]);
    gl.framebufferTexture2D(gl.DRAW_FRAMEBUFFER, place, gl.TEXTURE_2D, entry.plain, 0);
    gl.disable(gl.SCISSOR_TEST);
    const mask = entry.depth ? gl.DEPTH_BUFFER_BIT : gl.COLOR_BUFFER_BIT;
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, mask, gl.NEAREST);
    gl.framebufferRenderbuffer(gl.READ_FRAMEBUFFER, place, gl.RENDERBUFFER, null);
    gl.framebufferTexture2D(gl.DRAW_FRAMEBUFFER, place, gl.TEXTURE_2D, null, 0);
    this.restore();
  }

  target_(name) { return this.things.get(name); }

  attach(kind, place, entry) {
    const gl = this.gl;
    if (entry.renderbuffer) {
      gl.framebufferRenderbuffer(kind, place, gl.RENDERBUFFER, entry.renderbuffer);
    } else {
      gl.framebufferTexture2D(kind, place, gl.TEXTURE_2D, entry.id, 0);
    }
  }

  make_target(name, colors, depth, size) {
    const gl = this.gl, id = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, id);
    colors.forEach((c, i) => this.attach(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + i, this.things.get(c)));
    if (depth !== null) this.attach(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, this.things.get(depth));
    gl.drawBuffers(colors.length ? colors.map((_, i) => gl.COLOR_ATTACHMENT0 + i) : [gl.NONE]);
    const state = gl.checkFramebufferStatus(gl.FRAMEBUFFER);
    if (state !== gl.FRAMEBUFFER_COMPLETE) throw new Error(`target ${name} is incomplete: ${state}`);
    this.things.set(name, {
      id, size, colors: colors.length, depth: depth !== null,
      viewport: [0, 0, ...size], scissor: null, depth_mask: true, color_mask: [true, true, true, true],
      multisampled: [...colors, depth].some((c) => c !== null && this.things.get(c).samples),
    });
    this.restore();
  }

  restore() {
    const gl = this.gl, t = this.target;
    gl.bindFramebuffer(gl.FRAMEBUFFER, t ? t.id : null);
    if (!t) return;
    gl.viewport(...t.viewport);
    if (t.scissor) {
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(...t.scissor);
    } else {
      gl.disable(gl.SCISSOR_TEST);
    }
    gl.depthMask(t.depth_mask);
    gl.colorMask(...(Array.isArray(t.color_mask[0]) ? t.color_mask[0] : t.color_mask));
  }

  use_target(name) {
    this.target = this.things.get(name);
    this.restore();
  }

  clear(name, color, depth, viewport) {
    const gl = this.gl, before = this.target;
    this.target = this.things.get(name);
    this.restore();
    if (viewport) {
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(...(viewport.length === 2 ? [0, 0, ...viewport] : viewport));
    }
    gl.clearColor(...color);
    gl.clearDepth(depth);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    this.target = before;
    this.restore();
  }

  copy(to, from) {
    const gl = this.gl, source = this.things.get(from), drawn = this.things.get(to);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, source.id);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, drawn.id);
    gl.disable(gl.SCISSOR_TEST);
    gl.colorMask(true, true, true, true);
    gl.depthMask(true);
    const box = [0, 0, ...source.size];
    const mask = (source.colors && drawn.colors ? gl.COLOR_BUFFER_BIT : 0)
      | (source.depth && drawn.depth ? gl.DEPTH_BUFFER_BIT : 0);
    gl.blitFramebuffer(...box, ...box, mask, gl.NEAREST);
    this.restore();
  }

  read(name, attachment) {
    const gl = this.gl, t = this.things.get(name), [width, height] = t.size;
    if (t.skipped) return;
    const out = new Uint8Array(width * height * 4);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, t.id);
    gl.readBuffer(gl.COLOR_ATTACHMENT0 + attachment);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, out);
    this.restore();
    this.pictures.push({ width, height, data: out });
  }

  set(name, key, value) {
    const gl = this.gl, entry = this.things.get(name);
    if (!entry) {
      this.state(key, value);
    } else if (key === "filter") {
      gl.bindTexture(entry.face, entry.id);
      gl.texParameteri(entry.face, gl.TEXTURE_MIN_FILTER, value[0]);
      gl.texParameteri(entry.face, gl.TEXTURE_MAG_FILTER, value[1]);
    } else if (key.startsWith("repeat")) {
      const axis = { x: gl.TEXTURE_WRAP_S, y: gl.TEXTURE_WRAP_T, z: gl.TEXTURE_WRAP_R }[key.slice(-1)];
      gl.bindTexture(entry.face, entry.id);
      gl.texParameteri(entry.face, axis, value ? gl.REPEAT : gl.CLAMP_TO_EDGE);
    } else if (key === "compare_func") {
      gl.bindTexture(entry.face, entry.id);
      const mode = value ? gl.COMPARE_REF_TO_TEXTURE : gl.NONE;
      gl.texParameteri(entry.face, gl.TEXTURE_COMPARE_MODE, mode);
      if (value) gl.texParameteri(entry.face, gl.TEXTURE_COMPARE_FUNC, gl[FUNCTIONS[value]]);
    } else if (key === "anisotropy") {
      if (value > 1) throw new Error("anisotropy is not part of plain WebGL2");
    } else {
      entry[key] = key === "scissor" && value && value.length === 2 ? [0, 0, ...value] : value;
      if (entry === this.target) this.restore();
    }
  }

  state(key, value) {
    const gl = this.gl;
    if (key === "depth_func") gl.depthFunc(gl[FUNCTIONS[value]]);
    if (key === "cull_face") gl.cullFace({ back: gl.BACK, front: gl.FRONT }[value] || gl.FRONT_AND_BACK);
    if (key === "front_face") gl.frontFace(value === "ccw" ? gl.CCW : gl.CW);
    if (key === "blend_func") {
      gl.blendFuncSeparate(...(value.length === 2 ? [...value, ...value] : value));
    }
    if (key === "blend_equation") {
      const both = Array.isArray(value) ? value : [value, value];
      gl.blendEquationSeparate(both[0], both[1]);
    }
    if (key === "polygon_offset") {
      gl.polygonOffset(value[0], value[1]);
      if (value[0] || value[1]) gl.enable(gl.POLYGON_OFFSET_FILL);
      else gl.disable(gl.POLYGON_OFFSET_FILL);
    }
  }

  enable_only(flags) {
    this.flags = 0;
    this.enable(7, false);
    this.enable(flags, true);
  }

  enable(flags, on) {
    const gl = this.gl;
    for (const [bit, cap] of [[1, gl.BLEND], [2, gl.DEPTH_TEST], [4, gl.CULL_FACE]]) {
      if (flags & bit) on ? gl.enable(cap) : gl.disable(cap);
    }
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
