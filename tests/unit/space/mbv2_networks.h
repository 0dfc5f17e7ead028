#pragma once

#include <memory>
#include <string>

#include "wrcor/space/builtin.h"

// Networks of the MobileNetV2-like space that the tests share.
namespace wrcor::test {

inline const std::string ea_600m =
    "SuperConvK3BNRELU(3,48,2,1)SuperResIDWE2K7(48,32,2,40,2)SuperResIDWE2K7(32,32,2,48,3)"
    "SuperResIDWE6K7(32,64,1,40,3)SuperResIDWE6K7(64,88,2,40,4)SuperResIDWE6K7(88,104,1,56,6)"
    "SuperResIDWE6K5(104,152,2,192,6)SuperResIDWE6K5(152,240,1,136,2)"
    "SuperConvK1BNRELU(240,1264,1,1)@224";
inline const std::string r_600m =
    "SuperConvK3BNRELU(3,40,2,1)SuperResIDWE4K5(40,32,2,24,2)SuperResIDWE6K5(32,16,2,24,3)"
    "SuperResIDWE2K7(16,48,2,40,3)SuperResIDWE2K5(48,56,1,48,4)SuperResIDWE2K7(56,224,2,72,5)"
    "SuperResIDWE6K3(224,184,1,192,6)SuperResIDWE6K7(184,128,1,144,2)"
    "SuperConvK1BNRELU(128,1240,1,1)@256";
inline const std::string rl_600m =
    "SuperConvK3BNRELU(3,32,2,1)SuperResIDWE6K3(32,32,1,16,1)SuperResIDWE1K5(32,24,2,40,2)"
    "SuperResIDWE1K7(24,48,2,48,3)SuperResIDWE2K3(48,88,2,64,4)SuperResIDWE6K5(88,152,2,48,6)"
    "SuperResIDWE6K7(152,152,1,144,6)SuperResIDWE4K5(152,240,1,152,2)"
    "SuperConvK1BNRELU(240,1184,1,1)@192";
/// Not one of the 39 decisions' networks.
inline const std::string tiny =
    "SuperConvK3BNRELU(3,16,2,1)SuperResIDWE2K3(16,24,2,16,2)SuperResIDWE1K3(24,24,1,16,1)"
    "SuperConvK1BNRELU(24,64,1,1)@32";

inline std::unique_ptr<SearchSpace> make_mbv2(const SpaceOptions& options = {},
                                              const NetworkInput& input = {{3, 64, 64}, 1000}) {
  return make_space({"mbv2", options}, input);
}

}  // namespace wrcor::test
