// What the paint of a figure is made of. `paint` (one file for each kind of surface in
// paint/) tells how the light turns the pattern of the texture into a colour:
// colour = pattern * on_pattern + added.
struct Paint {
    vec3 on_pattern;
    vec3 added;
};

#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/figure.glsl"
#include "lib/color.glsl"
#include "lib/toon.glsl"
#include "lib/light.glsl"
#include "paint/{family}.glsl"
