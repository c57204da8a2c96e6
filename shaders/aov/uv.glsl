// Moving and transformed texture coordinates, for MTOON only.
#ifdef MTOON
#define UV 1
#endif
#include "lib/mtoon_uv.glsl"
