#include "chain_space.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "chain_network.h"
#include "chain_text.h"
#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"

namespace wrcor {
namespace {

std::string size_text(const FeatureShape& shape) {
  return fmt::format("{}x{}", shape.height, shape.width);
}

int shorter_side(const FeatureShape& shape) { return std::min(shape.height, shape.width); }

/// What a part with this many channels and this stride makes of its input.
FeatureShape output_of(const FeatureShape& in, int channels, int stride) {
  return {channels, (in.height - 1) / stride + 1, (in.width - 1) / stride + 1};
}

/// @throws UsageError where a window is larger than all that it can see
void require_window(const std::string& place, int kernel, int stride, const FeatureShape& in) {
  const int side = shorter_side(in);
  if (stride > side)
    throw UsageError(fmt::format(
        "{}: the stride {} is too large for its input of {}; use larger images or smaller strides",
        place, stride, size_text(in)));
  if (kernel / 2 >= side)
    throw UsageError(
        fmt::format("{}: the kernel {} is too large for its input of {}: some of its weights only "
                    "see padding; use larger images, smaller strides or a smaller kernel",
                    place, kernel, size_text(in)));
}

int kernel_of(const ChainBlock& block) {
  return block.kind == ChainBlock::Kind::identity ? 1 : block.kernel;
}

std::string describe(const ChainBlock& block) {
  switch (block.kind) {
    case ChainBlock::Kind::identity:
      return "identity";
    case ChainBlock::Kind::conv:
      return fmt::format("conv {0}x{0}", block.kernel);
    case ChainBlock::Kind::residual:
      return fmt::format("residual {0}x{0}", block.kernel);
    case ChainBlock::Kind::bottleneck:
      return fmt::format("bottleneck {0}x{0}, 1/{1}", block.kernel, block.reduction);
    case ChainBlock::Kind::inverted_residual:
      break;
  }
  return fmt::format(
      "inverted residual {0}x{0}, x{1}{2}", block.kernel, block.expansion,
      block.squeeze_excitation > 0 ? fmt::format(", se {}", block.squeeze_excitation) : "");
}

[[noreturn]] void refuse_size(const std::string& name, const NetworkInput& input) {
  throw UsageError(
      fmt::format("{}: the networks are too large to count their costs in 64 bits, for images of "
                  "{} and {} classes; choose smaller sizes",
                  name, size_text(input.image), input.classes));
}

constexpr double most_costs = 0x1p62;

}  // namespace

ChainSpace::ChainSpace(ChainDefinition definition, const NetworkInput& input)
    : definition_(std::move(definition)), input_(input) {
  const auto& [image, classes] = input_;
  if (std::min({image.channels, image.height, image.width, classes}) < 1)
    throw UsageError(fmt::format(
        "{}: expected images and classes, got images of {} channels and {}, and {} classes", name(),
        image.channels, size_text(image), classes));
  constexpr int longest_side = 1 << 20;
  if (std::max(image.height, image.width) > longest_side) refuse_size(name(), input_);
  place_positions();
  count_blocks();
  count_rest();
}

void ChainSpace::place_positions() {
  const ChainDefinition::Stem& stem = definition_.stem;
  require_window(name() + ": stem", stem.kernel, stem.stride, input_.image);
  FeatureShape in = output_of(input_.image, stem.channels, stem.stride);
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  size_ = 1;
  for (std::size_t s = 0; s < definition_.stages.size(); ++s) {
    const ChainStage& stage = definition_.stages[s];
    std::vector<std::string> names;
    for (const ChainBlock& block : stage.choices) names.push_back(block.name);
    for (int layer = 0; layer < stage.layers; ++layer) {
      const int stride = layer == 0 ? stage.stride : 1;
      const Position position{s, in, output_of(in, stage.channels, stride), stride, 0};
      require_fit(position);
      decisions_.push_back({"blocks." + std::to_string(positions_.size()), names});
      positions_.push_back(position);
      if (size_ && *size_ > most / names.size()) size_.reset();
      if (size_) *size_ *= names.size();
      in = position.out;
    }
  }
}

void ChainSpace::require_fit(const Position& position) const {
  for (const ChainBlock& block : choices(position)) {
    const std::string place =
        fmt::format("{}: blocks.{} ({})", name(), positions_.size(), block.name);
    require_window(place, kernel_of(block), position.stride, position.in);
    if (block.kind == ChainBlock::Kind::residual)
      require_window(place, block.kernel, 1, position.out);
  }
}

/// Positions of one stage but the first are alike.
void ChainSpace::count_blocks() {
  const double area = static_cast<double>(input_.image.height) * input_.image.width;
  for (std::size_t p = 0; p < positions_.size(); ++p) {
    Position& position = positions_[p];
    if (p > 0) {
      const Position& before = positions_[p - 1];
      if (before.stage == position.stage && before.in == position.in &&
          before.stride == position.stride) {
        position.costs = before.costs;
        continue;
      }
    }
    position.costs = block_costs_.size();
    std::vector<Costs>& costs = block_costs_.emplace_back();
    for (const ChainBlock& block : choices(position)) {
      const NetworkPlan plan = ChainNetwork::block_plan(definition_, block, position.in,
                                                        position.out.channels, position.stride);
      if (static_cast<double>(plan.params()) * area > most_costs) refuse_size(name(), input_);
      costs.push_back({plan.params(), plan.flops()});
    }
  }
}

/// Stem, head and classifier are what a network has more than its positions.
void ChainSpace::count_rest() {
  const auto width = [](int channels) { return static_cast<double>(channels); };
  const double area = static_cast<double>(input_.image.height) * input_.image.width;
  const double last = width(definition_.head_channels > 0 ? definition_.head_channels
                                                          : positions_.back().out.channels);
  double most = (width(input_.image.channels) * definition_.stem.channels *
                     (definition_.stem.kernel * definition_.stem.kernel) +
                 last * positions_.back().out.channels) *
                    area +
                last * (input_.classes + 1.0);
  for (const Position& position : positions_) {
    std::int64_t largest = 0;
    for (const Costs& costs : block_costs_[position.costs])
      largest = std::max({largest, costs.params, costs.flops});
    most += static_cast<double>(largest);
  }
  if (most > most_costs) refuse_size(name(), input_);
  const NetworkPlan network = plan(Genotype(positions_.size()));
  rest_ = {network.params(), network.flops()};
  for (const Position& position : positions_) {
    const Costs& block = block_costs_[position.costs].front();
    rest_.params -= block.params;
    rest_.flops -= block.flops;
  }
}

Genotype ChainSpace::at(std::uint64_t index) const {
  if (!size_) return SearchSpace::at(index);
  if (index >= *size_)
    throw UsageError(fmt::format("{}: index {} is outside 0 .. {}", name(), index, *size_ - 1));
  Genotype genotype(positions_.size());
  for (std::size_t p = genotype.size(); p-- > 0;) {
    const std::uint64_t base = decisions_[p].values.size();
    genotype[p] = static_cast<int>(index % base);
    index /= base;
  }
  return genotype;
}

std::uint64_t ChainSpace::index(const Genotype& genotype) const {
  if (!size_) return SearchSpace::index(genotype);
  require_choices(genotype);
  std::uint64_t index = 0;
  for (std::size_t p = 0; p < genotype.size(); ++p)
    index = index * decisions_[p].values.size() + static_cast<std::uint64_t>(genotype[p]);
  return index;
}

Genotype ChainSpace::parse(std::string_view text) const {
  return parse_chain(name(), decisions_, text);
}

std::string ChainSpace::format(const Genotype& genotype) const {
  require_choices(genotype);
  std::vector<std::string> names;
  for (std::size_t p = 0; p < genotype.size(); ++p)
    names.push_back(decisions_[p].values[static_cast<std::size_t>(genotype[p])]);
  return join(names, ",");
}

Portrait ChainSpace::portrait(const Genotype& genotype) const {
  require_choices(genotype);
  Portrait portrait;
  if (size_) portrait.numbers = {{"id", "id", index(genotype), true}};
  Portrait::Parts parts{
      .columns = {"part", "choice", "block", "channels in", "channels out", "size"}, .rows = {}};
  const auto add = [&](const std::string& part, const std::string& choice, const std::string& block,
                       int in, const FeatureShape& out) {
    parts.rows.push_back(
        {part, choice, block, std::to_string(in), std::to_string(out.channels), size_text(out)});
  };
  add("stem", "", fmt::format("conv {0}x{0}", definition_.stem.kernel), input_.image.channels,
      positions_.front().in);
  for (std::size_t p = 0; p < positions_.size(); ++p) {
    const Position& position = positions_[p];
    const ChainBlock& block = choices(position)[static_cast<std::size_t>(genotype[p])];
    add(decisions_[p].name, block.name, describe(block), position.in.channels, position.out);
  }
  FeatureShape last = positions_.back().out;
  if (const int channels = definition_.head_channels; channels > 0) {
    const int in = std::exchange(last.channels, channels);
    add("head", "", "conv 1x1", in, last);
  }
  portrait.parts = std::move(parts);
  return portrait;
}

Costs ChainSpace::costs(const Genotype& genotype) const {
  require_choices(genotype);
  Costs total = rest_;
  for (std::size_t p = 0; p < genotype.size(); ++p) {
    const Costs& block = block_costs_[positions_[p].costs][static_cast<std::size_t>(genotype[p])];
    total.params += block.params;
    total.flops += block.flops;
  }
  return total;
}

NetworkPlan ChainSpace::plan(const Genotype& genotype) const {
  require_choices(genotype);
  ChainNetwork network(input_.image, definition_);
  for (std::size_t p = 0; p < genotype.size(); ++p) {
    const Position& position = positions_[p];
    network.add_block(choices(position)[static_cast<std::size_t>(genotype[p])],
                      position.out.channels, position.stride);
  }
  return std::move(network).finish(input_.classes);
}

}  // namespace wrcor
