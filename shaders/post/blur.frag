// Nine-tap Gaussian along one axis.
uniform sampler2D picture_small;
uniform vec2 along;   // one texel in the direction of the blur
in vec2 spot;
out vec4 pixel;
vec3 tap(float i) { vec3 e = texture(picture_small, spot + along * i).rgb; return e * e; }
void main() {
    vec3 c = tap(0.0) * 0.2270270;
    c += (tap(1.3846154) + tap(-1.3846154)) * 0.3162162;
    c += (tap(3.2307692) + tap(-3.2307692)) * 0.0702703;
    pixel = vec4(sqrt(c), 1.0);
}
