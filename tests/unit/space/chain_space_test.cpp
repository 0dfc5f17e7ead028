#include "space/chain/chain_space.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "space/chain/chain_text.h"
#include "support/catch.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

using Kind = ChainBlock::Kind;

const NetworkInput cifar_sized{{3, 32, 32}, 10};

const std::vector<ChainBlock> all_kinds = {
    {.name = "id"},
    {.name = "conv3", .kind = Kind::conv},
    {.name = "basic", .kind = Kind::residual},
    {.name = "bottle", .kind = Kind::bottleneck, .kernel = 5},
    {.name = "mb1", .kind = Kind::inverted_residual, .expansion = 1},
    {.name = "mb3_se",
     .kind = Kind::inverted_residual,
     .kernel = 5,
     .expansion = 3,
     .squeeze_excitation = 0.25},
};

ChainDefinition definition() {
  return {.name = "mine",
          .stem = {.channels = 8},
          .stages = {{.layers = 2, .channels = 8, .stride = 1, .choices = all_kinds},
                     {.layers = 2, .channels = 16, .stride = 2, .choices = all_kinds}},
          .head_channels = 24};
}

/// One position after a stem of 8 channels.
ChainSpace one(const ChainBlock& block, int channels, int stride) {
  return ChainSpace({.name = "mine",
                     .stem = {.channels = 8},
                     .stages = {{.channels = channels, .stride = stride, .choices = {block}}},
                     .batch_norm_epsilon = 1e-3},
                    cifar_sized);
}

std::string chain_rejection(const std::function<void()>& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

/// "depthwise.conv [24, 1, 5, 5]" of every weight of the first position.
std::vector<std::string> weights(const ChainSpace& space) {
  std::vector<std::string> all;
  const std::string prefix = "blocks.0.";
  for (const Layer& layer : space.plan({0}).layers) {
    if (layer.kind != LayerKind::convolution || !layer.name.starts_with(prefix)) continue;
    CHECK(layer.parameters.size() == 1);  // no biases
    const auto& shape = layer.parameters.front().shape;
    std::string text = layer.name.substr(prefix.size()) + " " + std::to_string(shape[0]);
    for (std::size_t k = 1; k < shape.size(); ++k) text += "x" + std::to_string(shape[k]);
    all.push_back(text);
  }
  return all;
}

using Texts = std::vector<std::string>;

const Layer& layer_named(const NetworkPlan& plan, const std::string& name) {
  for (const Layer& layer : plan.layers) {
    if (layer.name == name) return layer;
  }
  FAIL("no layer " << name);
  return plan.layers.front();
}

}  // namespace

TEST_CASE("the convolutions of each block of a chain", "[space][chain]") {
  CHECK(weights(one(all_kinds[0], 8, 1)).empty());
  CHECK(weights(one(all_kinds[0], 8, 2)) == Texts{"downsample.conv 8x8x1x1"});
  CHECK(weights(one(all_kinds[1], 8, 1)) == Texts{"conv.conv 8x8x3x3"});
  CHECK(weights(one(all_kinds[2], 8, 1)) == Texts{"conv1.conv 8x8x3x3", "conv2.conv 8x8x3x3"});
  CHECK(weights(one(all_kinds[2], 12, 1)) ==
        Texts{"conv1.conv 12x8x3x3", "conv2.conv 12x12x3x3", "downsample.conv 12x8x1x1"});
  CHECK(weights(one(all_kinds[3], 12, 2)) == Texts{"conv1.conv 3x8x1x1", "conv2.conv 3x3x5x5",
                                                   "conv3.conv 12x3x1x1",
                                                   "downsample.conv 12x8x1x1"});
  CHECK(weights(one(all_kinds[4], 8, 1)) ==
        Texts{"depthwise.conv 8x1x3x3", "project.conv 8x8x1x1"});
  CHECK(weights(one(all_kinds[5], 16, 2)) ==
        Texts{"expand.conv 24x8x1x1", "depthwise.conv 24x1x5x5", "se.reduce.conv 6x24x1x1",
              "se.expand.conv 24x6x1x1", "project.conv 16x24x1x1"});
}

TEST_CASE("the layers of a chain that end blocks", "[space][chain]") {
  const auto last_block = [](const ChainSpace& space) {
    const NetworkPlan plan = space.plan({0});
    REQUIRE(plan.blocks.size() == 2);
    return plan.layers[static_cast<std::size_t>(plan.blocks.back())].name;
  };
  CHECK(last_block(one(all_kinds[0], 8, 1)) == "stem.relu");
  CHECK(last_block(one(all_kinds[0], 8, 2)) == "blocks.0.downsample.bn");
  CHECK(last_block(one(all_kinds[1], 8, 1)) == "blocks.0.conv.relu");
  CHECK(last_block(one(all_kinds[2], 8, 1)) == "blocks.0.relu");
  CHECK(last_block(one(all_kinds[5], 8, 1)) == "blocks.0.sum");
  CHECK(last_block(one(all_kinds[5], 8, 2)) == "blocks.0.project.bn");
}

TEST_CASE("modules of a chain that give a layer's output", "[space][chain]") {
  const NetworkPlan plan = ChainSpace(definition(), cifar_sized).plan({2, 0, 5, 1});
  CHECK(layer_named(plan, "stem.conv").modules == 1);
  CHECK(layer_named(plan, "stem.bn").modules == 1);
  CHECK(layer_named(plan, "stem.relu").modules == 2);  // and the stem
  CHECK(layer_named(plan, "blocks.0.conv1.relu").modules == 2);
  CHECK(layer_named(plan, "blocks.0.conv2.bn").modules == 2);
  CHECK(layer_named(plan, "blocks.0.sum").modules == 0);
  CHECK(layer_named(plan, "blocks.0.relu").modules == 3);  // the block, and blocks.1
  CHECK(layer_named(plan, "blocks.2.se").modules == 1);
  CHECK(layer_named(plan, "blocks.2.project.bn").modules == 3);  // the part and the block
  CHECK(layer_named(plan, "blocks.3.conv.relu").modules == 4);   // and the sequence of blocks
  CHECK(layer_named(plan, "head.relu").modules == 2);
}

TEST_CASE("every ReLU of a chain is one response of its unit", "[space][chain]") {
  const NetworkPlan plan = ChainSpace(definition(), cifar_sized).plan({2, 0, 5, 1});
  std::map<int, int> activations, gradients;  // by unit
  for (const Tap& tap : plan.responses(Counting::reference)) {
    const Layer& layer = plan.layers[static_cast<std::size_t>(tap.layer)];
    CHECK(tap.multiplicity == 1);
    if (tap.side == Side::activation) {
      CHECK((layer.kind == LayerKind::batch_norm || layer.kind == LayerKind::sum));
      ++activations[tap.unit];
    } else {
      CHECK(layer.kind == LayerKind::relu);
      ++gradients[tap.unit];
    }
  }
  CHECK(activations == std::map<int, int>{{0, 1}, {1, 2}, {3, 3}, {4, 1}, {5, 1}});
  CHECK(gradients == activations);
  CHECK((plan.responses(Counting::reference) == plan.responses(Counting::paper)));
  CHECK(layer_named(plan, "stem.bn").epsilon == 1e-5);
  CHECK(layer_named(one(all_kinds[2], 8, 1).plan({0}), "blocks.0.conv2.bn").epsilon == 1e-3);
}

TEST_CASE("blocks of several layers that widen and have strides", "[space][chain]") {
  const ChainBlock block{.name = "a", .kind = Kind::residual, .layers = 2, .widen = 2, .stride = 2};
  CHECK(weights(one(block, 8, 1)) == Texts{"0.conv1.conv 16x8x3x3", "0.conv2.conv 16x16x3x3",
                                           "0.downsample.conv 16x8x1x1", "1.conv1.conv 16x16x3x3",
                                           "1.conv2.conv 16x16x3x3"});
  const ChainSpace space = one(block, 0, 1);  // of as many channels as the stem
  const NetworkPlan plan = space.plan({0});
  CHECK(layer_named(plan, "blocks.0.1.relu").out == FeatureShape{16, 16, 16});
  CHECK(layer_named(plan, "blocks.0.1.relu").modules == 4);  // block, its sequence, all blocks
  CHECK(plan.blocks.size() == 2);
  for (const Tap& tap : plan.responses(Counting::reference)) CHECK(tap.unit <= 1);
  CHECK(describe(block) == "residual 3x3, 2 layers");
}

TEST_CASE("activations before the convolutions of a chain", "[space][chain]") {
  ChainDefinition chain{.name = "mine",
                        .stem = {.channels = 4},
                        .stages = {{.choices = {{.name = "a", .kind = Kind::residual}}}}};
  chain.further_stem = {{.channels = 8, .stride = 2}};
  chain.order = ChainDefinition::Order::activation_first;
  Texts layers;
  for (const Layer& layer : ChainSpace(chain, cifar_sized).plan({0}).layers)
    layers.push_back(layer.name);
  CHECK(layers == Texts{"images", "stem.0.conv", "stem.0.bn", "stem.1.relu", "stem.1.conv",
                        "stem.1.bn", "blocks.0.conv1.relu", "blocks.0.conv1.conv",
                        "blocks.0.conv1.bn", "blocks.0.conv2.relu", "blocks.0.conv2.conv",
                        "blocks.0.conv2.bn", "blocks.0.sum", "global_pooling", "classifier"});
}

TEST_CASE("squeeze-excitation with biases, and swish", "[space][chain]") {
  const ChainBlock block{.name = "a",
                         .kind = Kind::inverted_residual,
                         .expansion = 3,
                         .input_squeeze_excitation = 0.25};
  ChainDefinition chain{.name = "mine", .stem = {.channels = 8}, .stages = {{.choices = {block}}}};
  chain.activation = ChainDefinition::Activation::swish;
  const NetworkPlan plan = ChainSpace(chain, cifar_sized).plan({0});
  const auto shape = [&](const char* name, std::size_t parameter) {
    return layer_named(plan, name).parameters.at(parameter).shape;
  };
  using Shape = std::vector<std::int64_t>;
  CHECK(shape("blocks.0.se.reduce.conv", 0) == Shape{2, 24, 1, 1});
  CHECK(shape("blocks.0.se.reduce.conv", 1) == Shape{2});
  CHECK(shape("blocks.0.se.expand.conv", 1) == Shape{24});
  int swishes = 0;
  for (const Layer& layer : plan.layers) {
    CHECK(layer.kind != LayerKind::relu);
    swishes += layer.kind == LayerKind::swish;
  }
  CHECK(swishes == 4);  // stem, expand, depthwise, se
  CHECK(plan.responses(Counting::reference).size() == 8);
}

TEST_CASE("chains with positions left out, and within limits", "[space][chain]") {
  const ChainBlock same{.name = "1", .kind = Kind::conv}, none{.name = "0", .kind = Kind::none},
      wide{.name = "2", .kind = Kind::conv, .widen = 2};
  ChainDefinition chain{.name = "mine",
                        .stem = {.channels = 8},
                        .stages = {{.layers = 3, .channels = 16, .choices = {same, wide, none}},
                                   {.layers = 1, .stride = 2, .choices = {same, wide}}}};
  chain.widen = {2, 4};
  const ChainSpace space(chain, cifar_sized);
  std::uint64_t valid = 0;
  for (int number = 0; number < 54; ++number) {
    const Genotype genotype{number / 18, number / 6 % 3, number / 2 % 3, number % 2};
    REQUIRE_NOTHROW(space.format(genotype));
    if (!space.valid(genotype)) {
      CHECK_FALSE(chain_rejection([&] { (void)space.plan(genotype); }).empty());
      continue;
    }
    CHECK(space.index(genotype) == valid);
    CHECK(space.at(valid++) == genotype);
    CHECK(space.plan(genotype).params() == space.costs(genotype).params);
    CHECK(space.plan(genotype).flops() == space.costs(genotype).flops);
  }
  CHECK(space.size() == valid);
  // 0 to 3 of 1 and 2 in the first stage, then another: words of 1 to 4 with one or two 2s
  CHECK(valid == 1 + 3 + 6 + 10);
  CHECK(chain_rejection([&] { space.parse("1,0,2,1"); }) ==
        "mine has no architecture '1,0,2,1': blocks.2 (2) follows one that is left out; only the "
        "last positions of a stage can be");
  CHECK(chain_rejection([&] { space.parse("2,2,0,2"); }) ==
        "mine has no architecture '2,2,0,2': the product of 'widen' of its blocks is 8; expected 2 "
        "to 4");
  const NetworkPlan plan = space.plan(space.parse("0,0,0,2"));
  CHECK(layer_named(plan, "blocks.0.conv.relu").out == FeatureShape{16, 16, 16});
  chain.widen = {32, {}};
  CHECK(chain_rejection([&] { ChainSpace(chain, cifar_sized); }) ==
        "mine: no chain of the choices keeps to the limits; relax them");
}

TEST_CASE("blocks that widen without a limit", "[space][chain]") {
  ChainDefinition chain{
      .name = "mine",
      .stem = {},
      .stages = {{.layers = 30, .choices = {{.name = "1", .kind = Kind::conv, .widen = 2}}}}};
  CHECK_THAT(chain_rejection([&] { ChainSpace(chain, cifar_sized); }),
             ContainsSubstring("limits.widen.most"));
  // Products of 2, 3, 5 and 7, while every stage has one number of channels.
  std::vector<ChainBlock> factors;
  for (int factor = 1; factor <= 8; ++factor)
    factors.push_back({.name = std::to_string(factor), .kind = Kind::conv, .widen = factor});
  chain.stages.assign(64, {.channels = 8, .choices = factors});
  chain.stages.back() = {.layers = 900, .channels = 8, .choices = all_kinds};
  CHECK_THAT(chain_rejection([&] { ChainSpace(chain, cifar_sized); }),
             ContainsSubstring("too many different sizes"));
}

TEST_CASE("costs of a chain by hand", "[space][chain]") {
  const Costs conv = one(all_kinds[1], 12, 2).costs({0});
  // stem 27 * 8 + 16, conv 8 * 9 * 12 + 24, classifier 12 * 10 + 10
  CHECK(conv.params == 232 + 888 + 130);
  CHECK(conv.flops == 216 * 1024 + 864 * 256 + 120);
  const Costs inverted = one(all_kinds[5], 16, 2).costs({0});
  // expand 192 + 48, depthwise 600 + 48, se 144 + 12 + 144 + 48, project 384 + 32
  CHECK(inverted.params == 232 + 240 + 648 + 348 + 416 + 170);
  CHECK(inverted.flops == 216 * 1024 + 192 * 1024 + 600 * 256 + 288 + 384 * 256 + 160);
}

TEST_CASE("costs of chains are the sums over their networks", "[space][chain]") {
  const ChainSpace space(definition(), {{1, 30, 17}, 7});
  CHECK(space.size() == 1296U);
  for (std::uint64_t id = 0; id < 1296; ++id) {
    const Genotype genotype = space.at(id);
    REQUIRE(space.index(genotype) == id);
    REQUIRE(space.parse(space.format(genotype)) == genotype);
    const NetworkPlan plan = space.plan(genotype);
    REQUIRE(space.costs(genotype).params == plan.params());
    REQUIRE(space.costs(genotype).flops == plan.flops());
  }
}

TEST_CASE("texts of chains", "[space][chain]") {
  const ChainSpace space(definition(), cifar_sized);
  CHECK(space.format({0, 1, 5, 3}) == "id,conv3,mb3_se,bottle");
  CHECK(space.parse("\tid,conv3,mb3_se,bottle \n") == Genotype{0, 1, 5, 3});
  const std::string names = "id, conv3, basic, bottle, mb1, mb3_se";
  const std::map<std::string, std::string> refused = {
      {"", "at byte 0: found the end of the text, expected one of " + names},
      {"id,conv3,mb1", "at byte 12: found the end of the text, expected ',' and block 4 of 4"},
      {"id,conv3,mb1,", "at byte 13: found the end of the text, expected one of " + names},
      {"id,,mb1,id", "at byte 3: found '', expected one of " + names},
      {"id,conv5,mb1,id",
       "at byte 3: found 'conv5', expected one of " + names + " (did you mean 'conv3'?)"},
      {"id, conv3,mb1,id",
       "at byte 3: found ' conv3', expected one of " + names + " (did you mean 'conv3'?)"},
      {"id,id,id,id,id", "at byte 11: found ',id', expected the end of the text after block 4"},
  };
  for (const auto& [text, message] : refused)
    CHECK(chain_rejection([&] { space.parse(text); }) == "mine architecture: " + message);
  const std::string hostile = chain_rejection([&] { space.parse(std::string(4'000'000, 'a')); });
  CHECK(hostile.size() < 300);
}

TEST_CASE("chains whose windows are larger than the images are refused by position",
          "[space][chain]") {
  ChainDefinition chain = definition();
  CHECK(chain_rejection([&] { ChainSpace(chain, {{3, 5, 5}, 10}); }).empty());
  CHECK(chain_rejection([&] {
          ChainSpace(chain, {{3, 4, 4}, 10});
        }) ==
        "mine: blocks.3 (bottle): the kernel 5 is too large for its input of 2x2: some of its "
        "weights only see padding; use larger images, smaller strides or a smaller kernel");
  chain.stages[1].stride = 4;
  CHECK(chain_rejection([&] {
          ChainSpace(chain, {{3, 3, 3}, 10});
        }) ==
        "mine: blocks.2 (id): the stride 4 is too large for its input of 3x3; use larger "
        "images or "
        "smaller strides");
  CHECK_THAT(chain_rejection([&] {
               ChainSpace(chain, {{3, 0, 3}, 10});
             }),
             ContainsSubstring("expected images and classes"));
  CHECK_THAT(chain_rejection([&] {
               ChainSpace(definition(), {{3, 2'000'000'000, 2'000'000'000}, 10});
             }),
             ContainsSubstring("64 bits"));
}

TEST_CASE("long chains have no numbers", "[space][chain]") {
  ChainDefinition chain = definition();
  chain.stages[0].layers = 22;  // 6^24 < 2^63 < 6^25
  CHECK(ChainSpace(chain, cifar_sized).size() == 4'738'381'338'321'616'896U);
  chain.stages[0].layers = 23;
  CHECK_FALSE(ChainSpace(chain, cifar_sized).size());
  CHECK_THROWS_AS(ChainSpace(chain, cifar_sized).at(0), UsageError);
}

TEST_CASE("the parts of a chain are a table", "[space][chain]") {
  const Portrait portrait = ChainSpace(definition(), cifar_sized).portrait({0, 5, 3, 4});
  REQUIRE(portrait.parts);
  CHECK_FALSE(portrait.graph);
  const std::vector<std::vector<std::string>> rows = {
      {"stem", "", "conv 3x3", "3", "8", "32x32"},
      {"blocks.0", "id", "identity", "8", "8", "32x32"},
      {"blocks.1", "mb3_se", "inverted residual 5x5, x3, se 0.25", "8", "8", "32x32"},
      {"blocks.2", "bottle", "bottleneck 5x5, 1/4", "8", "16", "16x16"},
      {"blocks.3", "mb1", "inverted residual 3x3, x1", "16", "16", "16x16"},
      {"head", "", "conv 1x1", "16", "24", "16x16"}};
  CHECK(portrait.parts->rows == rows);
}

}  // namespace wrcor
