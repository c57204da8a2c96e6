flat in vec3 ink;
out vec4 pixel;
void main() { pixel = vec4(ink, 1.0); }
