#pragma once

#include <string>
#include <string_view>
#include <vector>

// An architecture of the MobileNetV2-like space and its text: any number of blocks, the space's own
// nine among them. Source of grammar and meaning: github.com/kunjing96/ZSNAS-WRCor.
namespace wrcor::mbv2 {

constexpr int image_channels = 3;
/// Limits that keep every cost within 63 bits and every weight of a unit, 2^position, within
/// double.
constexpr int most_channels = 8192;
constexpr int most_resolution = 1024;
constexpr int most_layers = 1000;  ///< of all blocks together

/// A block: layers of one kind, the first of which changes width and size.
///
/// Plain ("SuperConv"): convolution, batch norm, ReLU. Mobile ("SuperResIDWE"): an inverted
/// bottleneck whose depthwise convolution has bottleneck * expansion channels, whatever comes in.
/// (The names are from Zen-NAS, where a layer of the same text is two such bottlenecks.)
struct Block {
  int expansion = 0;  ///< of a mobile block: 1, 2, 4 or 6; 0: a plain one
  int kernel = 1;
  int out = 0;         ///< channels
  int stride = 1;      ///< of the first layer: 1 or 2
  int bottleneck = 0;  ///< of a mobile block: its width before the expansion
  int layers = 1;

  bool is_mobile() const { return expansion != 0; }
  /// Channels of a mobile block's depthwise convolution.
  int depthwise_channels() const;
  bool operator==(const Block&) const = default;
};

struct Architecture {
  std::vector<Block> blocks;
  int resolution = 0;  ///< to which the network resizes its images; a multiple of the total stride

  int layers() const;
  bool operator==(const Architecture&) const = default;
};

/// The multiple of `base` that is nearest, the even one of two, and at least `base`.
int smart_round(int value, int base);
/// Channels between the two convolutions of a squeeze-excitation.
int squeezed_channels(int channels);

/// Reads "SuperConvK3BNRELU(3,48,2,1)SuperResIDWE2K7(48,32,2,40,2)...@224". White space around the
/// text is ignored, and so is a name of a block ("(name|3,48,2,1)").
/// @throws UsageError with the byte offset, what was found and what was expected
Architecture read_architecture(std::string_view text);
/// The inverse, without names.
std::string write_architecture(const Architecture& architecture);

}  // namespace wrcor::mbv2
