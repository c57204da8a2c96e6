flat in vec3 ink;
out vec4 pixel;
void main() {
#ifdef MARKED
    pixel = vec4(ink, 251.0 / 255.0); // see post/resolve.glsl
#else
    pixel = vec4(ink, 1.0);
#endif
}
