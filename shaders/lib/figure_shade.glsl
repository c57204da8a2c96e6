// How a figure is painted, in two steps. `prepare` runs for each vertex and does all that
// changes slowly: the colours in light and in shade, angles, the place in a shadow map.
// `paint` draws the edges between them; it runs for each pixel, or for each vertex when the
// figure is far away. colour = pattern of the texture * on_pattern + added. One file in
// paint/ for each kind of surface.
#define FIGURE_SHADE 1
struct Prep {
    vec3 lit;      // on_pattern in the light
    vec3 dark;     // on_pattern in the shade
    vec3 place;    // where to look in a shadow map, 0..1
    vec4 terms;    // facing of the light, contour, two of the family's own
    vec4 aux;      // the family's own
};
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
#include "lib/shadow.glsl"
#include "paint/{family}.glsl"
