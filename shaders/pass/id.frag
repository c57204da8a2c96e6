// Writes the number of the triangle (1 and up) for the visibility pass. Desktop GL only:
// the web preview draws without that pass.
uniform int first_id;
out vec4 pixel;
void main() {
    int id = first_id + gl_PrimitiveID;
    pixel = vec4(float(id & 255), float((id >> 8) & 255), float((id >> 16) & 255), 255.0) / 255.0;
}
