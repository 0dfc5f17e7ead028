#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/catch.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

const MacroSettings small{.channels = 4, .cells_per_stage = 1, .classes = 10};

std::vector<int> positions(const NetworkPlan& plan, LayerKind kind) {
  std::vector<int> found;
  for (std::size_t k = 0; k < plan.layers.size(); ++k) {
    if (plan.layers[k].kind == kind) found.push_back(static_cast<int>(k));
  }
  return found;
}

/// Position of the layer whose tensors have this path.
int named(const NetworkPlan& plan, const std::string& name) {
  for (std::size_t k = 0; k < plan.layers.size(); ++k) {
    if (plan.layers[k].name == name) return static_cast<int>(k);
  }
  FAIL("no layer " << name);
  return -1;
}

/// The layers of the first normal cell of a network, without the stem (input, convolution, batch
/// norm) and the reduction that follows; the stem's output is layer 2.
std::vector<Layer> first_cell(const Genotype& genotype) {
  const NetworkPlan plan = NasBench201(small).plan(genotype);
  const int reduction = named(plan, "cells.1.conv_a.op.1") - 1;
  return {plan.layers.begin() + 3, plan.layers.begin() + reduction};
}

int first_cell_output(const Genotype& genotype) {
  const NetworkPlan plan = NasBench201(small).plan(genotype);
  return plan.layers[named(plan, "cells.1.conv_a.op.1") - 1].inputs.front();
}

std::string shape_text(std::initializer_list<int> sizes) {
  std::string text = " [";
  for (int size : sizes) {
    if (text.back() != '[') text += ',';
    text += std::to_string(size);
  }
  return text + "]";
}

/// Names and shapes of the tensors of a plan, as a state dict has them.
std::vector<std::string> state_dict(const NetworkPlan& plan) {
  std::vector<std::string> entries;
  for (const Layer& layer : plan.layers) {
    const int out = layer.out.channels;
    const int in = layer.inputs.empty() ? 0 : plan.layers[layer.inputs.front()].out.channels;
    if (layer.kind == LayerKind::convolution) {
      entries.push_back(layer.name + ".weight" + shape_text({out, in, layer.kernel, layer.kernel}));
    } else if (layer.kind == LayerKind::batch_norm) {
      for (const char* tensor : {".weight", ".bias", ".running_mean", ".running_var"}) {
        entries.push_back(layer.name + tensor + shape_text({out}));
      }
      entries.push_back(layer.name + ".num_batches_tracked []");
    } else if (layer.kind == LayerKind::linear) {
      entries.push_back(layer.name + ".weight" + shape_text({out, in}));
      entries.push_back(layer.name + ".bias" + shape_text({out}));
    }
  }
  return entries;
}

std::vector<std::string> batch_norm(const std::string& name, int channels) {
  const std::string shape = shape_text({channels});
  return {name + ".weight" + shape, name + ".bias" + shape, name + ".running_mean" + shape,
          name + ".running_var" + shape, name + ".num_batches_tracked []"};
}

}  // namespace

TEST_CASE("the tensors of a network have the published names and shapes", "[space][nb201][plan]") {
  const NasBench201 space(small);
  const NetworkPlan plan =
      space.plan(space.parse("|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|"));

  std::vector<std::string> expected;
  const auto add = [&](const std::string& entry) { expected.push_back(entry); };
  const auto add_norm = [&](const std::string& name, int channels) {
    for (const std::string& entry : batch_norm(name, channels)) expected.push_back(entry);
  };
  add("stem.0.weight [4,3,3,3]");
  add_norm("stem.1", 4);
  add("cells.0.layers.0.op.1.weight [4,4,3,3]");
  add_norm("cells.0.layers.0.op.2", 4);
  add("cells.0.layers.5.op.1.weight [4,4,3,3]");
  add_norm("cells.0.layers.5.op.2", 4);
  add("cells.1.conv_a.op.1.weight [8,4,3,3]");
  add_norm("cells.1.conv_a.op.2", 8);
  add("cells.1.conv_b.op.1.weight [8,8,3,3]");
  add_norm("cells.1.conv_b.op.2", 8);
  add("cells.1.downsample.1.weight [8,4,1,1]");
  add("cells.2.layers.0.op.1.weight [8,8,3,3]");
  add_norm("cells.2.layers.0.op.2", 8);
  add("cells.2.layers.5.op.1.weight [8,8,3,3]");
  add_norm("cells.2.layers.5.op.2", 8);
  add("cells.3.conv_a.op.1.weight [16,8,3,3]");
  add_norm("cells.3.conv_a.op.2", 16);
  add("cells.3.conv_b.op.1.weight [16,16,3,3]");
  add_norm("cells.3.conv_b.op.2", 16);
  add("cells.3.downsample.1.weight [16,8,1,1]");
  add("cells.4.layers.0.op.1.weight [16,16,3,3]");
  add_norm("cells.4.layers.0.op.2", 16);
  add("cells.4.layers.5.op.1.weight [16,16,3,3]");
  add_norm("cells.4.layers.5.op.2", 16);
  add_norm("lastact.0", 16);
  add("classifier.weight [10,16]");
  add("classifier.bias [10]");

  CHECK(expected.size() == 75);
  CHECK(state_dict(plan) == expected);
  CHECK(plan.params() == 11'054);
}

TEST_CASE("costs summed over the plan equal the closed formulas", "[space][nb201][plan][costs]") {
  const std::vector<MacroSettings> settings = {
      {},
      {.classes = 100},
      {.classes = 120, .height = 16, .width = 16},
      {.channels = 3, .cells_per_stage = 2, .classes = 7, .height = 8, .width = 20},
      {.channels = 1, .cells_per_stage = 1, .classes = 1, .height = 4, .width = 4}};
  for (const MacroSettings& macro : settings) {
    const NasBench201 space(macro);
    for (std::uint64_t id = 0; id < NasBench201::cell_count; id += 97) {
      const Genotype cell = space.at(id);
      const NetworkPlan plan = space.plan(cell);
      REQUIRE(plan.params() == space.costs(cell).params);
      REQUIRE(plan.flops() == space.costs(cell).flops);
    }
  }
  const NasBench201 space(small);
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype cell = space.at(id);
    const NetworkPlan plan = space.plan(cell);
    REQUIRE(plan.params() == space.costs(cell).params);
    REQUIRE(plan.flops() == space.costs(cell).flops);
  }
}

TEST_CASE("every plan is in execution order and ends in the logits", "[space][nb201][plan]") {
  const NasBench201 space(
      {.channels = 2, .cells_per_stage = 2, .classes = 5, .height = 8, .width = 12});
  for (std::uint64_t id = 0; id < NasBench201::cell_count; id += 13) {
    const NetworkPlan plan = space.plan(space.at(id));
    std::set<std::string> names;
    for (std::size_t k = 0; k < plan.layers.size(); ++k) {
      const Layer& layer = plan.layers[k];
      REQUIRE(layer.inputs.empty() == (layer.kind == LayerKind::input));
      REQUIRE((layer.kind == LayerKind::sum ? layer.inputs.size() >= 2 : layer.inputs.size() <= 1));
      for (int input : layer.inputs) {
        REQUIRE(input >= 0);
        REQUIRE(input < static_cast<int>(k));
        if (layer.kind == LayerKind::sum) REQUIRE(plan.layers[input].out == layer.out);
      }
      if (!layer.name.empty()) REQUIRE(names.insert(layer.name).second);
    }
    REQUIRE(plan.layers.front().out == FeatureShape{3, 8, 12});
    REQUIRE(plan.layers.back().kind == LayerKind::linear);
    REQUIRE(plan.layers.back().out == FeatureShape{5, 1, 1});
    const Layer& pooled = plan.layers[plan.layers.back().inputs.front()];
    REQUIRE(pooled.kind == LayerKind::global_average);
    REQUIRE(plan.layers[pooled.inputs.front()].out == FeatureShape{8, 2, 3});
  }
}

TEST_CASE("a reduction adds the residual to the main path", "[space][nb201][plan]") {
  const NetworkPlan plan = NasBench201(small).plan({0, 0, 0, 1, 0, 0});
  const int conv_a = named(plan, "cells.1.conv_a.op.1");
  const int conv_b = named(plan, "cells.1.conv_b.op.1");
  const int downsample = named(plan, "cells.1.downsample.1");
  CHECK(plan.layers[conv_a].stride == 2);
  CHECK(plan.layers[conv_a].padding == 1);
  CHECK(plan.layers[conv_a].out == FeatureShape{8, 16, 16});
  CHECK(plan.layers[conv_b].stride == 1);
  CHECK(plan.layers[conv_b].padding == 1);
  CHECK(plan.layers[downsample].kernel == 1);
  CHECK(plan.layers[downsample].stride == 1);
  CHECK(plan.layers[downsample].padding == 0);
  const Layer& pool = plan.layers[plan.layers[downsample].inputs.front()];
  CHECK(pool.kind == LayerKind::average_pool);
  CHECK(pool.kernel == 2);
  CHECK(pool.stride == 2);
  CHECK(pool.padding == 0);
  // The cell before is a skip from its input to its
  // output, so both paths read the stem's batch norm.
  CHECK(pool.inputs == std::vector<int>{2});
  CHECK(plan.layers[plan.layers[conv_a].inputs.front()].inputs == std::vector<int>{2});
  const std::vector<int> sums = positions(plan, LayerKind::sum);
  REQUIRE(sums.size() == 2);
  CHECK(plan.layers[sums[0]].inputs ==
        std::vector<int>{downsample, named(plan, "cells.1.conv_b.op.2")});
}

TEST_CASE("skips, absent edges and single inputs make no layers", "[space][nb201][plan]") {
  // Nodes 1 and 2 have no inputs: a zero layer each, made like the cell's input.
  const std::vector<Layer> skip = first_cell({0, 0, 0, 1, 0, 0});
  REQUIRE(skip.size() == 2);
  for (const Layer& layer : skip) {
    CHECK(layer.kind == LayerKind::zero);
    CHECK(layer.inputs == std::vector<int>{2});
    CHECK(layer.out == FeatureShape{4, 32, 32});
  }
  CHECK(first_cell_output({0, 0, 0, 1, 0, 0}) == 2);
  CHECK(first_cell_output({1, 0, 1, 0, 0, 1}) == 2);
  CHECK(first_cell({1, 0, 1, 0, 0, 1}).empty());

  // A cell without any operation gives its third zero layer.
  CHECK(first_cell(Genotype(6, 0)).size() == 3);
  CHECK(first_cell_output(Genotype(6, 0)) == 5);

  // A skip hands on the zeros of node 1, which are layer 3.
  CHECK(first_cell_output({0, 1, 0, 0, 1, 0}) == 3);
}

TEST_CASE("a node sums its edges in their order", "[space][nb201][plan]") {
  const std::vector<Layer> cell = first_cell({1, 4, 1, 3, 1, 2});
  // 3: pool 0->2; 4: node 2; 5 6 7: block 0->3; 8 9 10: block 2->3; 11: node 3.
  REQUIRE(cell.size() == 9);
  CHECK(cell[0].kind == LayerKind::average_pool);
  CHECK(cell[0].kernel == 3);
  CHECK(cell[0].stride == 1);
  CHECK(cell[0].padding == 1);
  CHECK(cell[1].kind == LayerKind::sum);
  CHECK(cell[1].inputs == std::vector<int>{3, 2});
  CHECK(cell[2].kind == LayerKind::relu);
  CHECK(cell[3].name == "cells.0.layers.3.op.1");
  CHECK(cell[3].kernel == 3);
  CHECK(cell[3].padding == 1);
  CHECK(cell[4].name == "cells.0.layers.3.op.2");
  CHECK(cell[5].inputs == std::vector<int>{4});
  CHECK(cell[6].name == "cells.0.layers.5.op.1");
  CHECK(cell[6].kernel == 1);
  CHECK(cell[6].padding == 0);
  CHECK(cell[8].kind == LayerKind::sum);
  CHECK(cell[8].inputs == std::vector<int>{7, 2, 10});
}

TEST_CASE("dead branches are part of the network", "[space][nb201][plan]") {
  // 0->1 leads nowhere; 2->3 is fed by the zeros of node 2.
  const NetworkPlan plan = NasBench201(small).plan({3, 0, 0, 1, 0, 2});
  named(plan, "cells.0.layers.0.op.1");
  const int fed_by_zero = named(plan, "cells.0.layers.5.op.1");
  const Layer& relu = plan.layers[plan.layers[fed_by_zero].inputs.front()];
  CHECK(plan.layers[relu.inputs.front()].kind == LayerKind::zero);
}

TEST_CASE("every block responds twice as the published code counts, or once",
          "[space][nb201][plan]") {
  const NasBench201 space({.channels = 4, .cells_per_stage = 2});
  const NetworkPlan plan = space.plan({3, 0, 0, 1, 2, 4});
  // Two blocks in each of the 8 entries of `cells`, normal or reduction, and the last activation.
  const auto count = [&](Counting counting, Side side) {
    int total = 0;
    for (const Tap& tap : plan.responses(counting))
      total += tap.side == side ? tap.multiplicity : 0;
    return total;
  };
  CHECK(positions(plan, LayerKind::relu).size() == 17);
  CHECK(count(Counting::reference, Side::activation) == 33);
  CHECK(count(Counting::reference, Side::gradient) == 33);
  CHECK(count(Counting::paper, Side::activation) == 17);
  CHECK(count(Counting::paper, Side::gradient) == 17);

  const int relu = named(plan, "cells.0.layers.0.op.0"),
            norm = named(plan, "cells.0.layers.0.op.2");
  const std::vector<Tap>& published = plan.responses(Counting::reference);
  const auto has = [](const std::vector<Tap>& taps, const Tap& tap) {
    return std::find(taps.begin(), taps.end(), tap) != taps.end();
  };
  CHECK(has(published, {2, Side::activation, 0, 2}));  // the stem's output, which the block reads
  CHECK(has(published, {relu, Side::gradient, 0, 1}));
  CHECK(has(published, {norm, Side::gradient, 0, 1}));
  CHECK(has(plan.responses(Counting::paper), {2, Side::activation, 0, 1}));
  CHECK_FALSE(has(plan.responses(Counting::paper), {norm, Side::gradient, 0, 1}));

  // The published code overwrites the input of the last activation.
  const int last = named(plan, "lastact.1"), before = named(plan, "lastact.0");
  CHECK(has(published, {last, Side::activation, 8, 1}));
  CHECK(has(plan.responses(Counting::paper), {before, Side::activation, 8, 1}));
  CHECK(has(published, {last, Side::gradient, 8, 1}));
  CHECK(plan.features == last);
}

TEST_CASE("convolutions that leave one node have a ReLU each, and one activation tap",
          "[space][nb201][plan]") {
  const NetworkPlan plan = NasBench201(small).plan({3, 3, 0, 2, 0, 0});
  std::set<int> relus;
  for (const Tap& tap : plan.responses(Counting::paper)) {
    if (tap.side != Side::gradient || tap.unit != 0) continue;
    relus.insert(tap.layer);
    CHECK(plan.layers[tap.layer].inputs == std::vector<int>{2});
  }
  CHECK(relus.size() == 3);
  CHECK((plan.responses(Counting::reference).front() == Tap{2, Side::activation, 0, 6}));
}

}  // namespace wrcor
