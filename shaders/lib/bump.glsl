// Normal of a tangent-space map without stored tangents: the frame of the texture on the
// surface follows from derivatives (Mikkelsen, "Bump Mapping Unparametrized Surfaces on the
// GPU", 2010). `m` is the decoded map, +Y towards the top of the picture.
vec3 mapped_normal(vec3 p, vec3 n, vec2 uv, vec3 m) {
    vec3 across = dFdx(p);
    vec3 down = cross(dFdy(p), n);
    vec3 right = cross(n, across);
    vec3 t = down * dFdx(uv.x) + right * dFdy(uv.x);
    vec3 b = down * dFdx(uv.y) + right * dFdy(uv.y);
    float size = inversesqrt(max(max(dot(t, t), dot(b, b)), 1e-30)) * sign(dot(across, down));
    return normalize((t * m.x - b * m.y) * size + n * m.z);
}
