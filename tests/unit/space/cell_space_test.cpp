#include "space/cell/cell_space.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

const NetworkInput images{{3, 32, 32}, 10};

std::vector<CellOperation> operations(const std::vector<std::string>& names) {
  std::vector<CellOperation> all;
  for (const std::string& name : names) all.push_back(*find_cell_operation(name));
  return all;
}

CellSpace space_of(int nodes, const std::vector<std::string>& names, int stages = 2) {
  return CellSpace({.name = "mine",
                    .nodes = nodes,
                    .operations = operations(names),
                    .stages = stages,
                    .cells_per_stage = 1,
                    .channels = 4},
                   images);
}

std::string rejection(const std::function<void()>& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

/// Colour refinement on the atoms of a cell, an independent way to its strict class: colours of
/// atoms by operation, inputs and consumers, until nothing changes.
/// Source: spec of the strict classes; written without the code under test.
class Colours {
 public:
  Colours(const CellSpace& space, const Genotype& effective) {
    const auto& all = space.definition().operations;
    const int nodes = space.definition().nodes;
    std::vector<Multiset> value(static_cast<std::size_t>(nodes));
    value[0][input] = 1;
    std::size_t e = 0;
    for (int target = 1; target < nodes; ++target) {
      for (int source = 0; source < target; ++source, ++e) {
        const CellOperation& operation = all[static_cast<std::size_t>(effective[e])];
        if (operation.name == "none") continue;
        const Multiset from = value[static_cast<std::size_t>(source)];
        Multiset& into = value[static_cast<std::size_t>(target)];
        if (operation.name == "skip_connect") {
          for (const auto& [part, times] : from) into[part] += times;
        } else {
          ++into[atom(operation.name, from)];
        }
      }
    }
    output_ = value.back();
  }

  int atoms() const { return static_cast<int>(operations_.size()); }

  std::string key() const {
    std::vector<std::string> colour = operations_;
    for (int round = 0; round <= atoms(); ++round) {
      std::vector<std::string> next;
      for (int a = 0; a < atoms(); ++a) {
        std::vector<std::string> inputs, consumers;
        for (const auto& [part, times] : sources_[static_cast<std::size_t>(a)])
          inputs.push_back(name(part, colour) + "*" + std::to_string(times));
        for (int b = 0; b < atoms(); ++b) {
          const auto& source = sources_[static_cast<std::size_t>(b)];
          if (const auto found = source.find(a); found != source.end())
            consumers.push_back(name(b, colour) + "*" + std::to_string(found->second));
        }
        const auto out = output_.find(a);
        next.push_back(digest(name(a, colour) + "(" + sorted(inputs) + ")(" + sorted(consumers) +
                              ")" + std::to_string(out == output_.end() ? 0 : out->second)));
      }
      colour = next;
    }
    const auto x = output_.find(input);
    return sorted(colour) + "/" + std::to_string(x == output_.end() ? 0 : x->second);
  }

 private:
  static constexpr int input = -1;
  using Multiset = std::map<int, int>;

  int atom(const std::string& operation, const Multiset& source) {
    if (operation.ends_with("pool_3x3")) {
      for (int a = 0; a < atoms(); ++a) {
        const auto k = static_cast<std::size_t>(a);
        if (operations_[k] == operation && sources_[k] == source) return a;
      }
    }
    operations_.push_back(operation);
    sources_.push_back(source);
    return atoms() - 1;
  }
  static std::string name(int part, const std::vector<std::string>& colour) {
    return part == input ? "x" : colour[static_cast<std::size_t>(part)];
  }
  static std::string sorted(std::vector<std::string> parts) {
    std::sort(parts.begin(), parts.end());
    std::string text;
    for (const std::string& part : parts) text += part + ",";
    return text;
  }
  static std::string digest(const std::string& text) {
    return std::to_string(std::hash<std::string>()(text));
  }

  std::vector<std::string> operations_;
  std::vector<Multiset> sources_;
  Multiset output_;
};

}  // namespace

TEST_CASE("a cell space with the operations of NAS-Bench-201 has its 5,260 classes",
          "[space][cell]") {
  const CellSpace space({.name = "mine"}, images);
  const NasBench201 published;
  std::map<Genotype, Genotype> representative_of;  // that of the benchmark: that of the space
  std::set<Genotype> representatives, score_classes;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype cell = space.at(id);
    REQUIRE(cell == published.at(id));
    const Genotype representative = space.representative(cell, Dedupe::strict);
    const auto [known, is_new] =
        representative_of.emplace(published.representative(cell, Dedupe::strict), representative);
    REQUIRE(known->second == representative);
    representatives.insert(representative);
    score_classes.insert(space.representative(cell, Dedupe::score));
    REQUIRE(published.representative(representative, Dedupe::strict) == known->first);
    REQUIRE(space.representative(representative, Dedupe::strict) == representative);
    REQUIRE(space.effective(representative) == representative);
    REQUIRE(space.representative(cell, Dedupe::exact) == cell);
  }
  CHECK(representatives.size() == 5'260);
  CHECK(score_classes.size() == 11'440);
}

TEST_CASE("the classes of cells are those of colour refinement", "[space][cell]") {
  struct Sample {
    int nodes;
    std::vector<std::string> names;
    std::uint64_t step;  ///< between the numbers of the cells
  };
  const std::vector<Sample> samples = {
      {2, {"skip_connect", "nor_conv_1x1", "none"}, 1},
      {4, {"skip_connect", "nor_conv_3x3"}, 1},
      {4, {"avg_pool_3x3", "sep_conv_3x3", "skip_connect"}, 1},
      {5, {"skip_connect", "max_pool_3x3"}, 1},
      {5, {"skip_connect", "nor_conv_3x3", "none"}, 5},
      {5, {"skip_connect", "max_pool_3x3", "none"}, 5},
  };
  for (const Sample& sample : samples) {
    const CellSpace space = space_of(sample.nodes, sample.names);
    std::map<std::string, Genotype> class_of;
    std::set<Genotype> representatives;
    for (std::uint64_t id = 0; id < *space.size(); id += sample.step) {
      const Genotype cell = space.effective(space.at(id));
      const Colours colours(space, cell);
      const Genotype representative = space.representative(cell, Dedupe::strict);
      if (colours.atoms() > 7) {
        REQUIRE(representative == cell);
        continue;
      }
      const auto known = class_of.emplace(colours.key(), representative).first;
      REQUIRE(known->second == representative);
      REQUIRE(Colours(space, representative).key() == known->first);
      representatives.insert(representative);
    }
    CHECK(representatives.size() == class_of.size());
  }
}

TEST_CASE("cells of more than seven atoms stand for themselves without unused edges",
          "[space][cell]") {
  const CellSpace space = space_of(6, {"none", "skip_connect", "nor_conv_1x1"});
  Genotype cell(15, 2);
  CHECK(space.representative(cell, Dedupe::strict) == cell);
  cell[0] = 0;  // 0->1: what leaves node 1 has no input
  Genotype effective = cell;
  for (const std::size_t edge : {2, 4, 7, 11}) effective[edge] = 0;
  CHECK(space.representative(cell, Dedupe::strict) == effective);
  CHECK(space.representative(cell, Dedupe::score) == cell);
}

TEST_CASE("cells have numbers where 63 bits hold them", "[space][cell]") {
  const std::vector<std::string> five = {"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3",
                                         "avg_pool_3x3"};
  const CellSpace seven = space_of(7, five);
  CHECK(seven.size() == 476'837'158'203'125U);  // 5^21
  CHECK(seven.index(seven.at(476'837'158'203'124U)) == 476'837'158'203'124U);
  CHECK(rejection([&] { seven.at(476'837'158'203'125U); }) ==
        "mine: index 476837158203125 is outside 0 .. 476837158203124");
  const CellSpace eight = space_of(8, five);
  CHECK_FALSE(eight.size());
  CHECK_THROWS_AS(eight.at(0), UsageError);
  CHECK_THROWS_AS(eight.index(Genotype(28)), UsageError);
  CHECK(space_of(2, {"skip_connect", "none"}).size() == 2U);
}

TEST_CASE("the text of a cell has a group for each node", "[space][cell]") {
  const CellSpace two = space_of(2, {"max_pool_3x3", "sep_conv_5x5"});
  CHECK(two.format({1}) == "|sep_conv_5x5~0|");
  CHECK(two.parse(" |max_pool_3x3~0|\n") == Genotype{0});
  CHECK(rejection([&] { two.parse("|max_pool_3x3~0|+"); }) ==
        "mine architecture string: at byte 16: found '+', expected the end of the text after the "
        "first group");
  CHECK(rejection([&] { two.parse("|sep_conv_3x3~0|"); }) ==
        "mine architecture string: at byte 1: found unknown operation 'sep_conv_3x3', expected one "
        "of max_pool_3x3, sep_conv_5x5 (did you mean 'sep_conv_5x5'?)");
  const CellSpace five = space_of(5, {"none", "skip_connect"});
  CHECK(five.format({0, 1, 0, 1, 1, 0, 0, 1, 0, 1}) ==
        "|none~0|+|skip_connect~0|none~1|+|skip_connect~0|skip_connect~1|none~2|+|none~0|"
        "skip_connect~1|none~2|skip_connect~3|");
  CHECK_THAT(
      rejection([&] { five.parse("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"); }),
      ContainsSubstring("at byte 47: found the end of the text, expected '+' and group 4 of 4"));
  Rng rng(5);
  const CellSpace eight = space_of(8, {"none", "skip_connect", "nor_conv_7x7"});
  for (int k = 0; k < 200; ++k) {
    const Genotype cell = eight.sample(rng);
    REQUIRE(eight.parse(eight.format(cell)) == cell);
  }
}

TEST_CASE("costs of cells are the sums over their networks", "[space][cell]") {
  std::vector<std::string> names;
  for (const CellOperation& operation : cell_operations()) names.push_back(operation.name);
  Rng rng(3);
  for (const int stages : {1, 2, 4}) {
    for (const int nodes : {2, 3, 5, 8}) {
      const CellSpace space({.name = "mine",
                             .nodes = nodes,
                             .operations = operations(names),
                             .stages = stages,
                             .cells_per_stage = 2,
                             .channels = 6},
                            {{1, 16, 24}, 7});
      for (int k = 0; k < 20; ++k) {
        const Genotype cell = space.sample(rng);
        const NetworkPlan plan = space.plan(cell);
        REQUIRE(space.costs(cell).params == plan.params());
        REQUIRE(space.costs(cell).flops == plan.flops());
      }
    }
  }
}

TEST_CASE("the tensors of a separable convolution", "[space][cell]") {
  const CellSpace space = space_of(2, {"none", "sep_conv_5x5"}, 1);
  const NetworkPlan plan = space.plan({1});
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const Layer& layer : plan.layers) {
    for (const Parameter& parameter : layer.parameters) shapes[parameter.name] = parameter.shape;
  }
  CHECK(shapes.at("cells.0.layers.0.op.1.weight") == std::vector<std::int64_t>{4, 1, 5, 5});
  CHECK(shapes.at("cells.0.layers.0.op.2.weight") == std::vector<std::int64_t>{4, 4, 1, 1});
  CHECK(shapes.at("cells.0.layers.0.op.3.weight") == std::vector<std::int64_t>{4});
  // k^2 c + c^2 + 2c beside stem, last batch norm and classifier
  CHECK(plan.params() == (100 + 16 + 8) + (27 * 4 + 8) + 8 + (40 + 10));
  // The stem's output twice and the last ReLU's output; two gradients and one.
  int activations = 0, gradients = 0;
  for (const Tap& tap : plan.responses(Counting::reference))
    (tap.side == Side::activation ? activations : gradients) += tap.multiplicity;
  CHECK(activations == 3);
  CHECK(gradients == 3);
}

TEST_CASE("images that a network of cells cannot halve are refused", "[space][cell]") {
  const auto made = [](int stages, int height) {
    return rejection([=] { CellSpace({.name = "mine", .stages = stages}, {{3, height, 32}, 10}); });
  };
  CHECK(made(1, 7).empty());
  CHECK(made(4, 16).empty());
  CHECK(made(2, 7) ==
        "mine: height of the images: expected a multiple of 2 (the network halves it once), got 7");
  CHECK(made(4, 12) ==
        "mine: height of the images: expected a multiple of 8 (the network halves it 3 times), got "
        "12");
  CHECK(made(6, 16) ==
        "mine: height of the images: expected a multiple of 32 (the network halves it 5 times), "
        "got 16");
}

}  // namespace wrcor
