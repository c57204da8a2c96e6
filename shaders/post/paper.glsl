// Paper: long fibres and a fine tooth, fixed to the picture. Height about 0, -0.5..0.5.
uniform sampler2D noise_map;

float paper_height(vec2 at) {
    float cloud = textureLod(noise_map, at * 0.0019, 0.0).r;
    float tooth = textureLod(noise_map, at * 0.0091, 0.0).g;
    float fibre = textureLod(noise_map, at * vec2(0.0014, 0.013), 0.0).g;
    return cloud * 0.35 + tooth * 0.4 + fibre * 0.25 - 0.5;
}
