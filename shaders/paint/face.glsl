// Face: one clean terminator from a light that turns with the head, warm at its edge, with
// the drawn shapes of nose and cheek, or those of a threshold map (FACE_MAP); only the fringe
// casts a shadow.
#include "lib/fringe.glsl"
#include "lib/face_shape.glsl"
#ifdef FACE_MAP
#include "lib/face_map.glsl"
#endif

#define SKIN 1
#ifdef GLOSS
vec3 v_head(vec3 v) { return mat3(head_inverse) * v; }
#endif

Prep prepare(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    // Head space: the normal of a smooth ellipsoid hides small lumps.
    vec3 h = (head_inverse * vec4(p, 1.0)).xyz - head_center.xyz;
    vec3 hn = mat3(head_inverse) * n;
    vec3 smooth_n = normalize(h / (head_radii.xyz * head_radii.xyz));
    vec3 fn = normalize(mix(hn, smooth_n, 0.7));
    vec3 key = flesh_light(key_color.rgb) * face_light.w;
    vec3 fill = flesh_light(mix(ambient_down.rgb, ambient_up.rgb, 0.62)) * face_light.w;
    vec3 rest = base_color.rgb * (fill + 0.75 * lamp) + emissive.rgb;
    Prep made;
    made.lit = base_color.rgb * key + rest;
#ifdef SOFTNESS
    vec3 vh = mat3(head_inverse) * v;
    made.lit *= form(dot(normalize(mix(hn, fn, 0.6)), normalize(face_light.xyz + 0.8 * vh)));
#endif
    // Blood under the skin: the shade is warm.
    made.dark = (shade_color.rgb * key + rest) * vec3(0.995, 0.965, 0.995);
    made.place = fringe_place(p);
    vec3 q = h / head_radii.xyz;
    made.terms = vec4(dot(fn, face_light.xyz) + 0.12,
        contour(n, v) * contour_side(dot(n, key_direction.xyz)), q.xy);
    made.aux = vec4(vec3(0.0), smoothstep(0.35, 0.65, q.z));
#if defined(FACE_MAP) && defined(VERTEX_STAGE)
    vec3 place = face_azimuth(in_uv, key_direction.xyz);
    made.terms = vec4(place.x, made.terms.y, place.yz);
#endif
#ifdef GLOSS
    made.aux.rgb = key * (0.06 * gloss(normalize(mix(hn, fn, 0.5)), v_head(v), face_light.xyz, 0.42));
#endif
    return made;
}

Paint paint(Prep at) {
#ifdef FACE_MAP
    float facing = face_facing(at.terms.xzw);
#else
    float facing = at.terms.x + face_shape(at.terms.zw, at.aux.w, face_light.xyz);
#endif
    float fringe = fringe_shadow(at.place);
#ifdef RAMP
    vec3 share = ramped(facing, fringe);
    float lit = level(share);
    vec3 c = mix(at.dark, at.lit, share);
#else
#ifdef VERTEX_STAGE // no derivatives there
    float edge = ramp(0.05);
#else
    float edge = ramp(max(fwidth(facing) * 0.75, 0.012));
#endif
    float lit = smoothstep(-edge, edge, facing);
    vec3 c = mix(at.dark, at.lit, lit * fringe);
    // Light that went under the skin: a warm line on the dark side of the border.
    float warm = (1.0 - lit) * smoothstep(-0.16, 0.0, facing);
    c *= 1.0 + warm * vec3(0.05, -0.05, -0.08);
#endif
    c += at.lit * (at.terms.y * 0.14 * fringe);
#ifdef GLOSS
    return Paint(c, at.aux.rgb * lit * fringe);
#else
    return Paint(c, vec3(0.0));
#endif
}
