// The AVX-512 scan kernel as it is, compiled where TRAILBELL_EMULATE_AVX512 is defined. A file of
// its own, so that each file of src/ is compiled with one set of options only.
#include "decode/scan_kernel_avx512.cpp"
