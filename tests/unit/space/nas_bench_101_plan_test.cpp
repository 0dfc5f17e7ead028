#include <algorithm>
#include <map>
#include <set>

#include "support/catch.h"
#include "unit/space/nas_bench_101.h"

using namespace wrcor;

namespace {

Layer named(const NetworkPlan& plan, const std::string& name) {
  for (const Layer& layer : plan.layers) {
    if (layer.name == name) return layer;
  }
  FAIL("no layer " << name);
  return plan.layers.front();
}

std::vector<std::string> inputs_of(const NetworkPlan& plan, const std::string& name) {
  std::vector<std::string> names;
  const Layer layer = named(plan, name);
  for (const int input : layer.inputs)
    names.push_back(plan.layers[static_cast<std::size_t>(input)].name);
  return names;
}

/// Names of the convolutions' and the classifier's weights, and their shapes.
std::map<std::string, std::vector<std::int64_t>> weights_of(const NetworkPlan& plan) {
  std::map<std::string, std::vector<std::int64_t>> found;
  for (const Layer& layer : plan.layers) {
    for (const Parameter& parameter : layer.parameters) {
      if (parameter.role == ParameterRole::weight) found[parameter.name] = parameter.shape;
    }
  }
  return found;
}

using Names = std::vector<std::string>;

// All three vertices feed the output, the first also the third; the input feeds every vertex.
const std::string joined = "0111100011000010000100000/conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu";

}  // namespace

TEST_CASE("names and shapes of the tensors of a cell of NAS-Bench-101", "[space][nb101]") {
  const NasBench101 space = test::small_nb101();
  const auto weights = weights_of(space.plan(space.parse(joined)));
  // Three cells of four projections and two convolutions, stem, classifier.
  CHECK(weights.size() == 3 * (4 + 2) + 2);
  using Shape = std::vector<std::int64_t>;
  CHECK(weights.at("layers.0.conv_bn_relu.0.weight") == Shape{16, 3, 3, 3});
  CHECK(weights.at("layers.1.vertex_op.1.conv3x3.conv_bn_relu.0.weight") == Shape{6, 6, 3, 3});
  CHECK(weights.at("layers.1.vertex_op.3.conv1x1.conv_bn_relu.0.weight") == Shape{5, 5, 1, 1});
  CHECK(weights.at("layers.1.input_op.1.conv_bn_relu.0.weight") == Shape{6, 16, 1, 1});
  CHECK(weights.at("layers.1.input_op.4.conv_bn_relu.0.weight") == Shape{16, 16, 1, 1});
  CHECK(weights.at("layers.3.input_op.4.conv_bn_relu.0.weight") == Shape{32, 16, 1, 1});
  CHECK(weights.at("layers.5.vertex_op.1.conv3x3.conv_bn_relu.0.weight") == Shape{22, 22, 3, 3});
  CHECK(weights.at("classifier.weight") == Shape{10, 64});
}

TEST_CASE("narrow inputs, sums and the concatenation of a cell of NAS-Bench-101",
          "[space][nb101]") {
  const NasBench101 space = test::small_nb101();
  const NetworkPlan plan = space.plan(space.parse(joined));
  // 16 channels for three vertices are 6, 5 and 5, so the third reads 5 of 6.
  const Layer cut = named(plan, "layers.1.cut.1.3");
  CHECK(cut.kind == LayerKind::narrow);
  CHECK(cut.first_channel == 0);
  CHECK(cut.out.channels == 5);
  CHECK(inputs_of(plan, "layers.1.cut.1.3") ==
        Names{"layers.1.vertex_op.1.conv3x3.conv_bn_relu.2"});
  CHECK(inputs_of(plan, "layers.1.vertex_input.3") ==
        Names{"layers.1.cut.1.3", "layers.1.input_op.3.conv_bn_relu.2"});
  CHECK(inputs_of(plan, "layers.1.concat") == Names{"layers.1.vertex_op.1.conv3x3.conv_bn_relu.2",
                                                    "layers.1.vertex_op.2.maxpool",
                                                    "layers.1.vertex_op.3.conv1x1.conv_bn_relu.2"});
  CHECK(inputs_of(plan, "layers.1") ==
        Names{"layers.1.concat", "layers.1.input_op.4.conv_bn_relu.2"});
  // 32 channels are 11, 11 and 10: the third reads 10 of 11.
  CHECK(named(plan, "layers.3.cut.1.3").out == FeatureShape{10, 16, 16});
  const Layer vertex_pool = named(plan, "layers.1.vertex_op.2.maxpool");
  CHECK(vertex_pool.kind == LayerKind::max_pool);
  CHECK((vertex_pool.kernel == 3 && vertex_pool.stride == 1 && vertex_pool.padding == 1));
  const Layer pool = named(plan, "layers.2");
  CHECK((pool.kernel == 2 && pool.stride == 2 && pool.padding == 0));
  CHECK(named(plan, "layers.5").out == FeatureShape{64, 8, 8});
  CHECK(plan.layers[static_cast<std::size_t>(plan.features)].name == "layers.5");
}

TEST_CASE("a vertex that reads one output needs no sum, an equal width no cut", "[space][nb101]") {
  const NasBench101 space = test::small_nb101();
  const NetworkPlan plan = space.plan(space.parse("0100001000010000/maxpool3x3,conv1x1-bn-relu"));
  CHECK(inputs_of(plan, "layers.1.vertex_op.1.maxpool") ==
        Names{"layers.1.input_op.1.conv_bn_relu.2"});
  CHECK(inputs_of(plan, "layers.1.vertex_op.2.conv1x1.conv_bn_relu.0") ==
        Names{"layers.1.vertex_op.1.maxpool"});
  for (const Layer& layer : plan.layers) {
    CHECK(layer.kind != LayerKind::sum);
    CHECK(layer.kind != LayerKind::narrow);
    CHECK(layer.kind != LayerKind::concat);
  }
}

TEST_CASE("weights of NAS-Bench-101 start from the distributions of its implementation",
          "[space][nb101]") {
  const NasBench101 space = test::small_nb101();
  const NetworkPlan plan = space.plan(space.parse(joined));
  const auto initial = [&](const std::string& layer, std::size_t parameter) {
    return named(plan, layer).parameters.at(parameter).initial;
  };
  // sqrt(2 / (3 * 3 * 16)) and sqrt(2 / (1 * 1 * 32))
  const Distribution stem = initial("layers.0.conv_bn_relu.0", 0);
  CHECK(stem.kind == Distribution::Kind::normal);
  CHECK(stem.size == Approx(0.11785113).epsilon(1e-6));
  CHECK(initial("layers.3.input_op.4.conv_bn_relu.0", 0).size == Approx(0.25));
  const Distribution weight = initial("classifier", 0), bias = initial("classifier", 1);
  CHECK(weight.kind == Distribution::Kind::normal);
  CHECK(weight.size == 0.01);
  CHECK(bias.kind == Distribution::Kind::constant);
  CHECK(bias.size == 0);
  CHECK(initial("layers.0.conv_bn_relu.1", 0).size == 1);
}

TEST_CASE("responses of NAS-Bench-101: every ReLU once, by position in the network",
          "[space][nb101]") {
  const NasBench101 space(NasBench101::Settings{.sizes = {.stem_channels = 8}});
  const NetworkPlan plan = space.plan(space.parse(joined));
  CHECK((plan.responses(Counting::reference) == plan.responses(Counting::paper)));
  std::map<int, int> activations, gradients;
  for (const Tap& tap : plan.responses(Counting::paper)) {
    CHECK(tap.multiplicity == 1);
    const LayerKind kind = plan.layers[static_cast<std::size_t>(tap.layer)].kind;
    if (tap.side == Side::activation) {
      CHECK(kind == LayerKind::batch_norm);
      ++activations[tap.unit];
    } else {
      CHECK(kind == LayerKind::relu);
      ++gradients[tap.unit];
    }
  }
  // The pools at 4 and 8 have a place, but no response.
  CHECK(activations ==
        std::map<int, int>{
            {0, 1}, {1, 6}, {2, 6}, {3, 6}, {5, 6}, {6, 6}, {7, 6}, {9, 6}, {10, 6}, {11, 6}});
  CHECK(gradients == activations);
  std::vector<std::string> blocks;
  for (const int block : plan.blocks)
    blocks.push_back(plan.layers[static_cast<std::size_t>(block)].name);
  CHECK(blocks == Names{"layers.0.conv_bn_relu.2", "layers.1", "layers.2", "layers.3", "layers.5",
                        "layers.6", "layers.7", "layers.9", "layers.10", "layers.11"});
}

TEST_CASE("modules that output a layer of NAS-Bench-101", "[space][nb101]") {
  const NasBench101 space = test::small_nb101();
  const NetworkPlan plan = space.plan(space.parse(joined));
  const auto modules = [&](const std::string& name) { return named(plan, name).modules; };
  CHECK(modules("layers.0.conv_bn_relu.0") == 1);
  CHECK(modules("layers.0.conv_bn_relu.1") == 1);
  CHECK(modules("layers.0.conv_bn_relu.2") == 3);                      // sequence, element
  CHECK(modules("layers.1.input_op.1.conv_bn_relu.2") == 3);           // sequence, projection
  CHECK(modules("layers.1.vertex_op.1.conv3x3.conv_bn_relu.2") == 4);  // sequence, two modules
  CHECK(modules("layers.1.vertex_op.2.maxpool") == 2);
  CHECK(modules("layers.1.concat") == 0);
  CHECK(modules("layers.1") == 1);
  CHECK(modules("layers.2") == 1);
  CHECK(modules("classifier") == 0);
  // Without interior vertices the projection is the output of the cell.
  const NetworkPlan none = space.plan(space.parse("0100/"));
  CHECK(named(none, "layers.1.input_op.1.conv_bn_relu.2").modules == 4);
}

TEST_CASE("costs of NAS-Bench-101 are the sums over the plan", "[space][nb101]") {
  Rng rng(1);
  for (const nb101::NetworkSizes& sizes :
       {nb101::NetworkSizes{.stem_channels = 4, .modules = 1},
        nb101::NetworkSizes{
            .stem_channels = 7, .stacks = 4, .modules = 2, .input = {{1, 24, 40}, 3}},
        nb101::NetworkSizes{
            .stem_channels = 33, .stacks = 1, .modules = 3, .input = {{3, 5, 7}, 2}}}) {
    const NasBench101 space({.sizes = sizes, .sampling = NasBench101::Sampling::matrix});
    for (int k = 0; k < 200; ++k) {
      const Genotype genotype = space.sample(rng);
      INFO(space.format(genotype));
      const NetworkPlan plan = space.plan(genotype);
      const Costs costs = space.costs(genotype);
      CHECK(costs.params == plan.params());
      CHECK(costs.flops == plan.flops());
      std::set<std::string> names;
      for (const Layer& layer : plan.layers) CHECK(names.insert(layer.name).second);
    }
  }
}
