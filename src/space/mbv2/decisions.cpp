#include "decisions.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

#include "core/at_index.h"
#include "wrcor/core/error.h"

namespace wrcor::mbv2 {
namespace {

constexpr int stem_kernel = 3;
constexpr int last_kernel = 1;
constexpr std::size_t numbers_per_block = 6;  // of a general genotype

/// The numbers that a decision is among, in ascending order.
struct Values {
  std::vector<int> all;
  int step = 0;  ///< of the drawn integers' rounding; 0: the values are drawn as they are
};

Values multiples(int step, int least, int most) {
  Values values{{}, step};
  for (int value = least; value <= most; value += step) values.all.push_back(value);
  return values;
}

Values integers(int least, int most) { return {multiples(1, least, most).all}; }

/// The strides of the seven mobile blocks as bits, the first block's the highest; 1 is stride 2.
/// Four are 2, so that the network's total stride is 32.
Values stride_patterns() {
  Values values;
  for (unsigned bits = 0; bits < 1U << mobile_count; ++bits) {
    if (std::popcount(bits) == 4) values.all.push_back(static_cast<int>(bits));
  }
  return values;
}

int stride_of(int pattern, int mobile) { return (pattern >> (mobile_count - 1 - mobile) & 1) + 1; }

/// By decision.
const std::vector<Values>& values() {
  static const std::vector<Values> table = [] {
    const Values narrow = multiples(8, 16, 48), medium = multiples(8, 32, 64),
                 wide = multiples(8, 48, 96), wider = multiples(8, 80, 256);
    // The input widths of the mobile blocks and their bottlenecks have the same ranges.
    const std::vector<Values> mobile = {narrow, narrow, narrow, medium, wide, wider, wider};
    std::vector<Values> all = mobile;
    all.insert(all.end(), {multiples(8, 128, 512), multiples(8, 128, 1536)});
    all.insert(all.end(), mobile.begin(), mobile.end());
    all.insert(all.end(), {integers(1, 2), integers(2, 3), integers(2, 3), integers(2, 4),
                           integers(2, 6), integers(2, 6), integers(1, 2)});
    all.insert(all.end(), mobile_count, Values{{1, 2, 4, 6}});
    all.insert(all.end(), mobile_count, Values{{3, 5, 7}});
    all.push_back(stride_patterns());
    all.push_back(multiples(32, 192, 320));
    return all;
  }();
  return table;
}

std::string label(int decision, int value) {
  if (decision != strides_at) return std::to_string(value);
  std::string strides;
  for (int mobile = 0; mobile < mobile_count; ++mobile)
    strides += (mobile == 0 ? "" : " ") + std::to_string(stride_of(value, mobile));
  return strides;
}

std::string decision_name(int decision) {
  if (decision == strides_at) return "strides of blocks 1 to 7";
  if (decision == resolution_at) return "resolution";
  const auto block = [&](int first, int first_block, const char* what) {
    return "block " + std::to_string(decision - first + first_block) + " " + what;
  };
  if (decision < bottleneck_at) return block(channels_at, 0, "channels");
  if (decision < layers_at) return block(bottleneck_at, 1, "bottleneck");
  if (decision < expansion_at) return block(layers_at, 1, "layers");
  if (decision < kernel_at) return block(expansion_at, 1, "expansion");
  return block(kernel_at, 1, "kernel");
}

std::optional<int> choice_of(int decision, int value) {
  const std::vector<int>& all = values()[at_index(decision)].all;
  const auto found = std::lower_bound(all.begin(), all.end(), value);
  if (found == all.end() || *found != value) return std::nullopt;
  return static_cast<int>(found - all.begin());
}

/// The values of the decisions if the architecture has the space's form.
std::optional<std::vector<int>> values_of(const Architecture& architecture) {
  const std::vector<Block>& blocks = architecture.blocks;
  if (blocks.size() != at_index(block_count)) return std::nullopt;
  const Block &stem = blocks.front(), &last = blocks.back();
  if (stem != Block{.kernel = stem_kernel, .out = stem.out, .stride = 2} ||
      last != Block{.kernel = last_kernel, .out = last.out})
    return std::nullopt;

  std::vector<int> all(at_index(decision_count));
  for (int b = 0; b < block_count; ++b) all[at_index(channels_at + b)] = blocks[at_index(b)].out;
  int pattern = 0;
  for (int mobile = 0; mobile < mobile_count; ++mobile) {
    const Block& block = blocks[at_index(mobile + 1)];
    all[at_index(bottleneck_at + mobile)] = block.bottleneck;
    all[at_index(layers_at + mobile)] = block.layers;
    all[at_index(expansion_at + mobile)] = block.expansion;  // 0, no value, of a plain block
    all[at_index(kernel_at + mobile)] = block.kernel;
    pattern = 2 * pattern + block.stride - 1;
  }
  all[at_index(strides_at)] = pattern;
  all[at_index(resolution_at)] = architecture.resolution;
  return all;
}

std::optional<Genotype> space_genotype(const Architecture& architecture) {
  const std::optional<std::vector<int>> chosen = values_of(architecture);
  if (!chosen) return std::nullopt;
  Genotype genotype;
  for (int decision = 0; decision < decision_count; ++decision) {
    const std::optional<int> choice = choice_of(decision, (*chosen)[at_index(decision)]);
    if (!choice) return std::nullopt;
    genotype.push_back(*choice);
  }
  return genotype;
}

Architecture space_architecture(const Genotype& genotype) {
  const auto value = [&](int decision) {
    return values()[at_index(decision)].all[at_index(genotype[at_index(decision)])];
  };
  Architecture architecture{{}, value(resolution_at)};
  architecture.blocks.push_back({.kernel = stem_kernel, .out = value(channels_at), .stride = 2});
  for (int mobile = 0; mobile < mobile_count; ++mobile) {
    architecture.blocks.push_back({.expansion = value(expansion_at + mobile),
                                   .kernel = value(kernel_at + mobile),
                                   .out = value(channels_at + 1 + mobile),
                                   .stride = stride_of(value(strides_at), mobile),
                                   .bottleneck = value(bottleneck_at + mobile),
                                   .layers = value(layers_at + mobile)});
  }
  architecture.blocks.push_back(
      {.kernel = last_kernel, .out = value(channels_at + block_count - 1)});
  return architecture;
}

Genotype general_genotype(const Architecture& architecture) {
  Genotype genotype{architecture.resolution};
  for (const Block& block : architecture.blocks)
    genotype.insert(genotype.end(), {block.expansion, block.kernel, block.out, block.stride,
                                     block.bottleneck, block.layers});
  return genotype;
}

Architecture general_architecture(const Genotype& genotype) {
  if (genotype.size() % numbers_per_block != 1)
    throw UsageError("not a genotype of mbv2: expected " + std::to_string(decision_count) +
                     " choices, or a resolution and 6 numbers a block, got " +
                     std::to_string(genotype.size()) + " numbers");
  Architecture architecture{{}, genotype.front()};
  for (std::size_t k = 1; k < genotype.size(); k += numbers_per_block)
    architecture.blocks.push_back({genotype[k], genotype[k + 1], genotype[k + 2], genotype[k + 3],
                                   genotype[k + 4], genotype[k + 5]});
  return read_architecture(write_architecture(architecture));  // refuses what is none
}

}  // namespace

const std::vector<Decision>& decisions() {
  static const std::vector<Decision> table = [] {
    std::vector<Decision> all;
    for (int decision = 0; decision < decision_count; ++decision) {
      Decision& added = all.emplace_back(Decision{decision_name(decision), {}});
      for (const int value : values()[at_index(decision)].all)
        added.values.push_back(label(decision, value));
    }
    return all;
  }();
  return table;
}

int draw_choice(int decision, Rng& rng) {
  const auto below = [&rng](int n) {
    return static_cast<int>(rng.below(static_cast<std::uint64_t>(n)));
  };
  const auto& [all, step] = values()[at_index(decision)];
  if (step == 0) return below(static_cast<int>(all.size()));
  const int drawn = all.front() + below(all.back() - all.front() + 1);
  return (smart_round(drawn, step) - all.front()) / step;
}

Genotype genotype_of(const Architecture& architecture) {
  std::optional<Genotype> chosen = space_genotype(architecture);
  return chosen ? *std::move(chosen) : general_genotype(architecture);
}

Architecture architecture_of(const Genotype& genotype) {
  return has_decisions(genotype) ? space_architecture(genotype) : general_architecture(genotype);
}

}  // namespace wrcor::mbv2
