#include "chain_space.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "chain_network.h"
#include "chain_text.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

std::string size_text(const FeatureShape& shape) {
  return fmt::format("{}x{}", shape.height, shape.width);
}

int shorter_side(const FeatureShape& shape) { return std::min(shape.height, shape.width); }

/// The shape of a part's output, for this many channels and this stride.
FeatureShape output_of(const FeatureShape& in, int channels, int stride) {
  return {channels, (in.height - 1) / stride + 1, (in.width - 1) / stride + 1};
}

/// @throws UsageError where the stride or the kernel is too large for the input
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

bool has_kernel(const ChainBlock& block) {
  return block.kind != ChainBlock::Kind::identity && block.kind != ChainBlock::Kind::none;
}

[[noreturn]] void refuse_size(const std::string& name, const NetworkInput& input) {
  throw UsageError(
      fmt::format("{}: the networks are too large to count their costs in 64 bits, for images of "
                  "{} and {} classes; choose smaller sizes",
                  name, size_text(input.image), input.classes));
}

[[noreturn]] void refuse_variety(const std::string& name) {
  throw UsageError(name +
                   ": its features can have too many different sizes to count their costs; "
                   "use fewer choices with 'widen' or 'stride', or smaller 'limits'");
}

constexpr double most_costs = 0x1p62;
/// Limit of the quantities that a space counts in advance: the costs of blocks for different sizes
/// of features, and all states that its positions can produce.
constexpr std::size_t most_counted = 20'000;
constexpr std::int64_t most_steps = 1'000'000;
constexpr int most_widened = 1 << 16;
constexpr std::int64_t largest_product = std::int64_t{1} << 40;  // stands for all larger ones, too

bool is_below(std::int64_t product, const ChainDefinition::Range& range) {
  return product < range.least;
}

bool is_above(std::int64_t product, const ChainDefinition::Range& range) {
  return range.most && product > *range.most;
}

std::string text_of(const ChainDefinition::Range& range) {
  return range.most ? fmt::format("{} to {}", range.least, *range.most)
                    : fmt::format("at least {}", range.least);
}

}  // namespace

bool ChainSpace::State::operator<(const State& other) const {
  const auto all = [](const State& state) {
    return std::tuple(state.shape.channels, state.shape.height, state.shape.width, state.widened,
                      state.strided);
  };
  return all(*this) < all(other);
}

ChainSpace::ChainSpace(ChainDefinition definition, const NetworkInput& input)
    : definition_(std::move(definition)), input_(input) {
  const auto& [image, classes] = input_;
  if (std::min({image.channels, image.height, image.width, classes}) < 1)
    throw UsageError(fmt::format(
        "{}: expected images and classes, got images of {} channels and {}, and {} classes", name(),
        image.channels, size_text(image), classes));
  constexpr int longest_side = 1 << 20;
  if (std::max(image.height, image.width) > longest_side) refuse_size(name(), input_);
  list_decisions();
  start_ = after_stem();
  std::set<State> states{start_};
  std::size_t position = 0;
  for (std::size_t stage = 0; stage < definition_.stages.size(); ++stage) {
    states = pass_stage(stage, states, position);
    position += static_cast<std::size_t>(definition_.stages[stage].layers);
  }
  std::erase_if(states, [&](const State& state) {
    return is_below(state.widened, definition_.widen) ||
           is_below(state.strided, definition_.stride);
  });
  if (states.empty())
    throw UsageError(name() + ": no chain of the choices keeps to the limits; relax them");
  double most = 0;
  for (const State& state : states) most = std::max(most, count_head(state.shape));
  require_countable(most);
  number_valid();
}

void ChainSpace::list_decisions() {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  size_ = 1;
  for (std::size_t s = 0; s < definition_.stages.size(); ++s) {
    const ChainStage& stage = definition_.stages[s];
    const bool numbered = std::ranges::any_of(
        stage.choices, [](const ChainBlock& block) { return block.layers > 1; });
    std::vector<std::string> names;
    for (const ChainBlock& block : stage.choices) names.push_back(block.name);
    for (int layer = 0; layer < stage.layers; ++layer) {
      decisions_.push_back({"blocks." + std::to_string(positions_.size()), names});
      positions_.push_back({.stage = s,
                            .channels = layer == 0 ? stage.channels : 0,
                            .stride = layer == 0 ? stage.stride : 1,
                            .numbered = numbered});
      if (size_ && *size_ > most / names.size()) size_.reset();
      if (size_) *size_ *= names.size();
    }
  }
}

/// Also counts the costs of the stem.
ChainSpace::State ChainSpace::after_stem() {
  State state{input_.image};
  const auto pass = [&](const ChainDefinition::Stem& stem, const std::string& path) {
    require_window(name() + ": " + path, stem.kernel, stem.stride, state.shape);
    const double weights =
        static_cast<double>(state.shape.channels) * stem.channels * (stem.kernel * stem.kernel);
    most_costs_ += weights * state.shape.height * state.shape.width;
    state.shape = output_of(state.shape, stem.channels, stem.stride);
  };
  const bool is_one = definition_.further_stem.empty();
  pass(definition_.stem, is_one ? "stem" : "stem.0");
  for (std::size_t k = 0; k < definition_.further_stem.size(); ++k)
    pass(definition_.further_stem[k], fmt::format("stem.{}", k + 1));
  require_countable(0);
  const NetworkPlan stem = ChainNetwork::stem_plan(definition_, input_.image);
  stem_costs_ = {stem.params(), stem.flops()};
  return state;
}

ChainPlace ChainSpace::place(const Position& position, const ChainBlock& block,
                             const FeatureShape& in) {
  return {.channels = (position.channels > 0 ? position.channels : in.channels) * block.widen,
          .stride = position.stride * block.stride,
          .numbered = position.numbered};
}

ChainSpace::State ChainSpace::after(const Position& position, const ChainBlock& block,
                                    const State& before) {
  if (block.kind == ChainBlock::Kind::none) return before;
  const ChainPlace here = place(position, block, before.shape);
  return {.shape = output_of(before.shape, here.channels, here.stride),
          .widened = std::min(largest_product, before.widened * block.widen),
          .strided = std::min(largest_product, before.strided * block.stride)};
}

void ChainSpace::require_countable(double costs) {
  most_costs_ += costs;
  if (most_costs_ > most_costs) refuse_size(name(), input_);
}

/// The states after a stage, for all chains within the limits.
std::set<ChainSpace::State> ChainSpace::pass_stage(std::size_t stage, std::set<State> states,
                                                   std::size_t first_position) {
  std::set<State> ended;
  for (int layer = 0; layer < definition_.stages[stage].layers; ++layer) {
    const std::size_t p = first_position + static_cast<std::size_t>(layer);
    std::set<State> next;
    double most = 0;
    for (const State& state : states) {
      for (std::size_t k = 0; k < choices(positions_[p]).size(); ++k) {
        const ChainBlock& block = choices(positions_[p])[k];
        if (++steps_ > most_steps || block_costs_.size() > most_counted) refuse_variety(name());
        const State then = after(positions_[p], block, state);
        if (is_above(then.widened, definition_.widen) || is_above(then.strided, definition_.stride))
          continue;
        if (block.kind == ChainBlock::Kind::none) {
          ended.insert(then);
          continue;
        }
        require_fit(p, block, state.shape);
        most = std::max(most, count_block(positions_[p], k, state.shape));
        next.insert(then);
      }
    }
    require_countable(most);
    states = std::move(next);
  }
  states.merge(ended);
  return states;
}

void ChainSpace::require_fit(std::size_t position, const ChainBlock& block,
                             const FeatureShape& in) const {
  const ChainPlace here = place(positions_[position], block, in);
  const std::string where = fmt::format("{}: blocks.{} ({})", name(), position, block.name);
  require_window(where, has_kernel(block) ? block.kernel : 1, here.stride, in);
  if (block.kind == ChainBlock::Kind::residual || block.layers > 1)
    require_window(where, block.kernel, 1, output_of(in, here.channels, here.stride));
  if (here.channels > most_widened)
    throw UsageError(
        fmt::format("{}: expected at most {} channels, got {}; use smaller factors, or limit "
                    "their product by limits.widen.most",
                    where, most_widened, here.channels));
  if (block.kind == ChainBlock::Kind::bottleneck && here.channels % block.reduction != 0)
    throw UsageError(fmt::format("{}: expected channels that the reduction {} divides, got {}",
                                 where, block.reduction, here.channels));
}

/// The larger of the costs.
double ChainSpace::count_block(const Position& position, std::size_t choice,
                               const FeatureShape& in) {
  const auto [entry, is_new] = block_costs_.try_emplace(key(position, choice, in));
  Costs& costs = entry->second;
  if (is_new) {
    const ChainBlock& block = choices(position)[choice];
    const NetworkPlan plan =
        ChainNetwork::block_plan(definition_, block, in, place(position, block, in));
    const double area = static_cast<double>(input_.image.height) * input_.image.width;
    if (static_cast<double>(plan.params()) * area > most_costs) refuse_size(name(), input_);
    costs = {plan.params(), plan.flops()};
  }
  return static_cast<double>(std::max(costs.params, costs.flops));
}

/// An upper bound of the costs.
double ChainSpace::count_head(const FeatureShape& in) {
  const double area = static_cast<double>(in.height) * in.width;
  const double last = definition_.head_channels > 0 ? definition_.head_channels : in.channels;
  const double most = last * in.channels * area + last * (input_.classes + 1.0);
  if (most > most_costs) refuse_size(name(), input_);
  const NetworkPlan head = ChainNetwork::head_plan(definition_, in, input_.classes);
  head_costs_[{in.channels, in.height, in.width}] = {head.params(), head.flops()};
  return most;
}

/// Where some genotypes are not valid, lists the others.
void ChainSpace::number_valid() {
  const auto limits = [](const ChainDefinition::Range& range) {
    return range.least > 1 || range.most;
  };
  const bool may_end = std::ranges::any_of(definition_.stages, [](const ChainStage& stage) {
    return std::ranges::any_of(stage.choices, [](const ChainBlock& block) {
      return block.kind == ChainBlock::Kind::none;
    });
  });
  if (!may_end && !limits(definition_.widen) && !limits(definition_.stride)) return;
  constexpr std::uint64_t most_listed = 1 << 20;
  if (!size_ || *size_ > most_listed) {
    size_.reset();
    return;
  }
  for (std::uint64_t number = 0; number < *size_; ++number) {
    if (problem(with_number(number)).empty()) numbers_.push_back(number);
  }
  size_ = numbers_.size();
}

Genotype ChainSpace::with_number(std::uint64_t number) const {
  Genotype genotype(positions_.size());
  for (std::size_t p = genotype.size(); p-- > 0;) {
    const std::uint64_t base = decisions_[p].values.size();
    genotype[p] = static_cast<int>(number % base);
    number /= base;
  }
  return genotype;
}

Genotype ChainSpace::at(std::uint64_t index) const {
  if (!size_) return SearchSpace::at(index);
  if (index >= *size_)
    throw UsageError(fmt::format("{}: index {} is outside 0 .. {}", name(), index, *size_ - 1));
  return with_number(numbers_.empty() ? index : numbers_[index]);
}

std::uint64_t ChainSpace::index(const Genotype& genotype) const {
  if (!size_) return SearchSpace::index(genotype);
  require_valid(genotype);
  std::uint64_t number = 0;
  for (std::size_t p = 0; p < genotype.size(); ++p)
    number = number * decisions_[p].values.size() + static_cast<std::uint64_t>(genotype[p]);
  if (numbers_.empty()) return number;
  return static_cast<std::uint64_t>(std::ranges::lower_bound(numbers_, number) - numbers_.begin());
}

bool ChainSpace::valid(const Genotype& genotype) const {
  return SearchSpace::valid(genotype) && problem(genotype).empty();
}

/// Why a genotype with a choice of each decision is not valid, or nothing.
std::string ChainSpace::problem(const Genotype& genotype) const {
  std::int64_t widened = 1, strided = 1;
  for (std::size_t p = 0; p < genotype.size(); ++p) {
    const ChainBlock& mine = block(genotype, p);
    const bool follows = p > 0 && positions_[p - 1].stage == positions_[p].stage &&
                         mine.kind != ChainBlock::Kind::none;
    if (follows && block(genotype, p - 1).kind == ChainBlock::Kind::none)
      return fmt::format(
          "blocks.{} ({}) follows one that is left out; only the last positions of "
          "a stage can be",
          p, mine.name);
    widened = std::min(largest_product, widened * mine.widen);
    strided = std::min(largest_product, strided * mine.stride);
  }
  const auto beyond = [](const char* what, std::int64_t product,
                         const ChainDefinition::Range& range) {
    return is_below(product, range) || is_above(product, range)
               ? fmt::format("the product of '{}' of its blocks is {}; expected {}", what, product,
                             text_of(range))
               : std::string();
  };
  const std::string width = beyond("widen", widened, definition_.widen);
  return width.empty() ? beyond("stride", strided, definition_.stride) : width;
}

void ChainSpace::require_valid(const Genotype& genotype) const {
  require_choices(genotype);
  if (const std::string reason = problem(genotype); !reason.empty())
    throw UsageError(
        fmt::format("{} has no architecture {}: {}", name(), in_quotes(format(genotype)), reason));
}

Genotype ChainSpace::parse(std::string_view text) const {
  Genotype genotype = parse_chain(name(), decisions_, text);
  require_valid(genotype);
  return genotype;
}

std::string ChainSpace::format(const Genotype& genotype) const {
  require_choices(genotype);
  std::vector<std::string> names;
  for (std::size_t p = 0; p < genotype.size(); ++p)
    names.push_back(decisions_[p].values[static_cast<std::size_t>(genotype[p])]);
  return join(names, ",");
}

Portrait ChainSpace::portrait(const Genotype& genotype) const {
  require_valid(genotype);
  Portrait portrait;
  if (size_) portrait.numbers = {{"id", "id", index(genotype), true}};
  Portrait::Parts parts{
      .columns = {"part", "choice", "block", "channels in", "channels out", "size"}, .rows = {}};
  FeatureShape shape = input_.image;
  const auto add = [&](const std::string& part, const std::string& choice, const std::string& block,
                       const FeatureShape& out) {
    parts.rows.push_back({part, choice, block, std::to_string(shape.channels),
                          std::to_string(out.channels), size_text(out)});
    shape = out;
  };
  const auto add_stem = [&](const std::string& part, const ChainDefinition::Stem& stem) {
    add(part, "", fmt::format("conv {0}x{0}", stem.kernel),
        output_of(shape, stem.channels, stem.stride));
  };
  add_stem(definition_.further_stem.empty() ? "stem" : "stem.0", definition_.stem);
  for (std::size_t k = 0; k < definition_.further_stem.size(); ++k)
    add_stem(fmt::format("stem.{}", k + 1), definition_.further_stem[k]);
  for (std::size_t p = 0; p < positions_.size(); ++p) {
    const ChainBlock& mine = block(genotype, p);
    add(decisions_[p].name, mine.name, describe(mine), after(positions_[p], mine, {shape}).shape);
  }
  if (const int channels = definition_.head_channels; channels > 0)
    add("head", "", "conv 1x1", {channels, shape.height, shape.width});
  portrait.parts = std::move(parts);
  return portrait;
}

Costs ChainSpace::costs(const Genotype& genotype) const {
  require_valid(genotype);
  Costs total = stem_costs_;
  const auto add = [&](const Costs& costs) {
    total.params += costs.params;
    total.flops += costs.flops;
  };
  State state = start_;
  for (std::size_t p = 0; p < genotype.size(); ++p) {
    const auto choice = static_cast<std::size_t>(genotype[p]);
    if (block(genotype, p).kind == ChainBlock::Kind::none) continue;
    add(block_costs_.at(key(positions_[p], choice, state.shape)));
    state = after(positions_[p], block(genotype, p), state);
  }
  add(head_costs_.at({state.shape.channels, state.shape.height, state.shape.width}));
  return total;
}

NetworkPlan ChainSpace::plan(const Genotype& genotype) const {
  require_valid(genotype);
  ChainNetwork network(input_.image, definition_);
  State state = start_;
  for (std::size_t p = 0; p < genotype.size(); ++p) {
    const ChainBlock& mine = block(genotype, p);
    network.add_block(mine, place(positions_[p], mine, state.shape));
    state = after(positions_[p], mine, state);
  }
  return std::move(network).finish(input_.classes);
}

}  // namespace wrcor
