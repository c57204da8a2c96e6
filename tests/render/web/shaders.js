// Programs of the manifest in WebGL2: the same files, include resolver and permutations as
// the native renderer. `files` maps names below shaders/ to their text.
"use strict";

const INCLUDE = /^\s*#include\s+"([^"]+)"\s*$/;

// Text of one stage of a permutation; equal to what Python assembles, line by line.
function assembleStage(manifest, files, name, defines, family) {
  const values = { ...manifest.constants, ...defines };
  const lines = manifest.headers.web.split("\n").slice(0, -1);
  if (name.endsWith(".vert")) lines.push("#define VERTEX_STAGE 1");
  for (const key of Object.keys(values).sort()) lines.push(`#define ${key} ${values[key]}`);
  const seen = new Set();
  const add = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!(file in files)) throw new Error(`shader file ${file} is missing`);
    for (const line of files[file].replace(/\n$/, "").split("\n")) {
      const found = INCLUDE.exec(line);
      if (found) add(found[1].replace("{family}", family));
      else lines.push(line);
    }
  };
  add(name);
  return lines.join("\n") + "\n";
}

function compileStage(gl, kind, text) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, text);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) {
    throw new Error(`${kind === gl.VERTEX_SHADER ? "vertex" : "fragment"}_shader\n` +
      gl.getShaderInfoLog(shader));
  }
  return shader;
}

// Links a program and gives its blocks and samplers the places that the manifest names.
function linkProgram(gl, manifest, vertex, fragment, feedback) {
  const program = gl.createProgram();
  gl.attachShader(program, compileStage(gl, gl.VERTEX_SHADER, vertex));
  gl.attachShader(program, compileStage(gl, gl.FRAGMENT_SHADER, fragment));
  if (feedback && feedback.length) {
    gl.transformFeedbackVaryings(program, feedback, gl.INTERLEAVED_ATTRIBS);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`link\n${gl.getProgramInfoLog(program)}`);
  }
  gl.useProgram(program);
  for (const [name, block] of Object.entries(manifest.blocks)) {
    const index = gl.getUniformBlockIndex(program, name);
    if (index !== gl.INVALID_INDEX) gl.uniformBlockBinding(program, index, block.binding);
  }
  for (const [name, unit] of Object.entries(manifest.samplers)) {
    const place = gl.getUniformLocation(program, name);
    if (place) gl.uniform1i(place, unit);
  }
  return program;
}
