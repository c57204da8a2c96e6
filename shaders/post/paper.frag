// Paper: long fibres and a fine tooth, drawn once for a picture size. Red: height; green and
// blue: how far wet borders wander.
uniform sampler2D noise_map;
uniform float scale;   // short side of the picture over 720
out vec4 pixel;

void main() {
    vec2 at = gl_FragCoord.xy / scale;
    float cloud = textureLod(noise_map, at * 0.0019, 0.0).r;
    float tooth = textureLod(noise_map, at * 0.0091, 0.0).g;
    float fibre = textureLod(noise_map, at * vec2(0.0014, 0.013), 0.0).g;
    float x = textureLod(noise_map, at * 0.006, 0.0).r;
    float y = textureLod(noise_map, at * 0.006 + 0.37, 0.0).g;
    pixel = vec4(cloud * 0.35 + tooth * 0.4 + fibre * 0.25, x, y, 1.0);
}
