// Textures, targets and fixed state of a recorded frame in WebGL2 (see replay.js).
"use strict";

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

class Targets {
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
}
