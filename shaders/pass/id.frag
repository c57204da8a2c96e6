// Writes the number (1 and up) of the last vertex of the triangle. Desktop GL only: the web
// preview draws without that pass.
flat in int number;
out vec4 pixel;
void main() {
    pixel = vec4(float(number & 255), float((number >> 8) & 255), float((number >> 16) & 255), 255.0) / 255.0;
}
