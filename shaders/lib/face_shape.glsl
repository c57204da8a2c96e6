// Shapes that an artist draws on a face lit from the side, as changes of the facing: the
// shadow of the nose on the far cheek, and the patch of light that stays under the far eye.
// As the light turns their borders move like those of a painted threshold map, without one.
//   q     place in the head, -1..1 along each axis (+x left, +y up)
//   front 1 on the front of the face
//   light unit, head space
float face_shape(vec2 q, float front, vec3 light) {
    float u = light.x < 0.0 ? -q.x : q.x;   // + is the lit side
    float v = q.y;
    float turn = abs(light.x);
    // Patch: below the eye, outside of the nose, narrowing towards the mouth.
    float down = -0.17 - v;
    float patch_in = min(min(down, -u - 0.13 - down * 0.30), u + 0.56 - down * 0.55);
    float shape = 0.34 * clamp(patch_in * 9.0 + 0.35, 0.0, 1.0);
    // Nose: from the bridge down to the tip, wider below, on the far side only.
    float length_in = min(-0.10 - v, v + 0.49);
    float width = 0.045 + 0.33 * max(-0.14 - v, 0.0);
    float nose_in = min(min(-u + 0.005, u + width), length_in);
    shape -= 1.1 * smoothstep(0.42, 0.70, turn) * clamp(nose_in * 14.0, 0.0, 1.0);
    return shape * front;
}
