#include "space/definition.h"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "core/file.h"
#include "plan_equality.h"
#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;
using Texts = std::vector<std::string>;

const NetworkInput cifar_images{{3, 32, 32}, 10};

ordered_json read(const std::string& text) {
  std::vector<std::string> problems;
  ordered_json definition = read_space_definition(text, "my.yaml", problems);
  CHECK(problems == Texts{});
  return definition;
}

Texts problems_of(const std::string& text) {
  std::vector<std::string> problems;
  (void)read_space_definition(text, "my.yaml", problems);
  return problems;
}

/// The only problem of a cell space with these further lines, from line 4 on.
std::string problem_of_cells(const std::string& lines) {
  const Texts problems = problems_of("space:\n  kind: cell\n  name: mine\n" + lines);
  REQUIRE(problems.size() == 1);
  return problems.front();
}

std::string chain_with(const std::string& lines) {
  return "space:\n  kind: chain\n  name: mine\n" + lines;
}

const std::string two_choices = "  choices: [{name: a, block: conv}, {name: b, block: identity}]\n";

/// The only problem of a chain space with these further lines, from line 4 on.
std::string problem_of_chain(const std::string& lines) {
  const Texts problems = problems_of(chain_with(lines));
  REQUIRE(problems.size() == 1);
  return problems.front();
}

std::filesystem::path examples() {
  return std::filesystem::path(WRCOR_SOURCE_DIR) / "configs/spaces";
}

std::string rejection(const ordered_json& definition, const NetworkInput& input) {
  try {
    (void)make_defined_space(definition, input);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("the example files define spaces that keep the contract", "[space][definition]") {
  std::set<std::string> kinds;
  for (const auto& entry : std::filesystem::directory_iterator(examples())) {
    INFO(entry.path());
    const ordered_json definition = read(read_file(entry.path()));
    kinds.insert(definition.at("kind").get<std::string>());
    const auto space = make_defined_naming_space(definition);  // for images that fit
    CHECK(space->name() == definition.at("name").get<std::string>());
    Rng rng(1);
    for (int k = 0; k < 200; ++k) {
      const Genotype genotype = space->sample(rng);
      REQUIRE(space->valid(genotype));
      REQUIRE(space->parse(space->format(genotype)) == genotype);
      if (space->size()) REQUIRE(space->at(space->index(genotype)) == genotype);
      const Genotype child = space->mutate(genotype, rng);
      REQUIRE(child != genotype);
      REQUIRE(space->valid(child));
      for (const Dedupe dedupe : {Dedupe::strict, Dedupe::score, Dedupe::exact}) {
        const Genotype representative = space->representative(genotype, dedupe);
        REQUIRE(space->representative(representative, dedupe) == representative);
      }
      const NetworkPlan plan = space->plan(genotype);
      REQUIRE(plan.params() == space->costs(genotype).params);
      REQUIRE(plan.flops() == space->costs(genotype).flops);
      REQUIRE_NOTHROW(space->portrait(genotype));
    }
  }
  CHECK(kinds == std::set<std::string>{"cell", "chain"});
}

TEST_CASE("a definition reads as itself once its defaults are written out", "[space][definition]") {
  for (const auto& entry : std::filesystem::directory_iterator(examples())) {
    const ordered_json definition = read(read_file(entry.path()));
    CHECK(read(ordered_json{{"space", definition}}.dump()) == definition);
    CHECK(read(ordered_json{{"space", definition}}.dump(2)) == definition);
  }
  CHECK(read("space: {kind: cell, name: a}").dump() ==
        R"({"kind":"cell","name":"a","input":null,"classes":null,"nodes":4,)"
        R"("ops":["none","skip_connect","nor_conv_1x1","nor_conv_3x3","avg_pool_3x3"],)"
        R"("channels":16,"cells_per_stage":5,"stages":3})");
  CHECK(read("space: {kind: chain, name: a, stages: [{layers: 1, channels: 8}], choices: [{name: i,"
             " block: identity}, {name: m, block: inverted_residual}, {name: b, block: "
             "bottleneck}]}")
            .dump() ==
        R"({"kind":"chain","name":"a","input":null,"classes":null,)"
        R"("stem":{"channels":32,"kernel":3,"stride":1},)"
        R"("choices":[{"name":"i","block":"identity"},)"
        R"({"name":"m","block":"inverted_residual","kernel":3,"expansion":6.0,"se":null},)"
        R"({"name":"b","block":"bottleneck","kernel":3,"reduction":4}],)"
        R"("stages":[{"layers":1,"channels":8,"stride":1}],)"
        R"("head":null,"batch_norm_epsilon":1e-05})");
}

TEST_CASE("the file that writes out NAS-Bench-201 gives its networks", "[space][definition]") {
  const auto space = make_defined_space(read(read_file(examples() / "cells.yaml")), cifar_images);
  const NasBench201 published;
  REQUIRE(space->size() == published.size());
  Rng rng(42);
  for (int k = 0; k < 300; ++k) {
    const Genotype cell = published.sample(rng);
    REQUIRE(space->format(cell) == published.format(cell));
    REQUIRE(space->index(cell) == published.index(cell));
    test::require_equal_plans(space->plan(cell), published.plan(cell));
  }
}

TEST_CASE("all problems of a definition are reported with their places", "[space][definition]") {
  CHECK(problems_of("space:\n"
                    "  kind: cell\n"
                    "  name: nb201\n"
                    "  nodse: 4\n"
                    "  ops: [none, skip_conect, none]\n"
                    "  channels: 0\n"
                    "  stages: {}\n"
                    "  cells_per_stage: 2.5\n"
                    "  stages: 3\n"
                    "  input: {channels: 3, height: 32}\n"
                    "  classes: ten\n") ==
        Texts{
            "my.yaml:3:9: space.name: expected a name that no space has, got 'nb201'",
            "my.yaml:4:3: unknown key 'space.nodse' (did you mean 'nodes'?), got 4; known keys of "
            "space: kind, name, input, classes, nodes, ops, channels, cells_per_stage, stages",
            "my.yaml:5:15: space.ops: unknown operation 'skip_conect' (did you mean "
            "'skip_connect'?); known operations: none, skip_connect, nor_conv_1x1, nor_conv_3x3, "
            "avg_pool_3x3, nor_conv_5x5, nor_conv_7x7, max_pool_3x3, sep_conv_3x3, sep_conv_5x5",
            "my.yaml:5:28: space.ops: 'none' is listed twice",
            "my.yaml:6:13: space.channels: expected an integer from 1 to 4096, got 0",
            "my.yaml:7:11: space.stages: expected an integer from 1 to 12, got a mapping",
            "my.yaml:8:20: space.cells_per_stage: expected an integer from 1 to 300, got 2.5",
            "my.yaml:9:3: duplicate key 'space.stages', first given in line 7",
            "my.yaml:10:10: space.input: the key 'width' is missing; expected an integer from 1 to "
            "65536",
            "my.yaml:11:12: space.classes: expected an integer from 1 to 1000000, got 'ten'",
        });
}

TEST_CASE("one problem of a cell space", "[space][definition]") {
  const std::string nodes = "my.yaml:4:10: space.nodes: expected an integer from 2 to 8, got ";
  for (const char* given : {"1", "9", "-5", "99999999999999999999", "4.0"})
    CHECK_THAT(problem_of_cells("  nodes: " + std::string(given)), StartsWith(nodes));
  CHECK(problem_of_cells("  nodes: '4'") == nodes + "'4' in quotes");
  CHECK(problem_of_cells("  ops: []") ==
        "my.yaml:4:8: space.ops: expected a list of 2 to 10 operations, got 0");
  CHECK(problem_of_cells("  ops: none") ==
        "my.yaml:4:8: space.ops: expected a list of 2 to 10 operations, got 'none'");
  CHECK(problem_of_cells("  ops: [none, [none]]") ==
        "my.yaml:4:15: space.ops: expected the name of an operation, got a list");
  CHECK(problem_of_cells("  stages: 12\n  cells_per_stage: 84") ==
        "my.yaml:2:3: space: expected at most 1000 cells in all stages, got 1008");
}

TEST_CASE("one problem of a chain space", "[space][definition]") {
  const std::string stage = "  stages: [{layers: 1, channels: 6}]\n";
  CHECK(problem_of_chain(two_choices) ==
        "my.yaml:2:3: space: the key 'stages' is missing; expected a list of 1 to 64 stages");
  CHECK(problem_of_chain(stage) ==
        "my.yaml:4:12: space.stages[0]: the key 'choices' is missing, here and for all stages");
  CHECK(problem_of_chain(stage + two_choices + "  stem: {kernel: 4}\n") ==
        "my.yaml:6:18: space.stem.kernel: expected an odd integer from 1 to 15, got 4");
  CHECK(problem_of_chain(stage + "  choices: [{name: a, block: conv}]\n") ==
        "my.yaml:2:3: space: expected a stage with two choices or more: this space has one "
        "architecture");
  CHECK(problem_of_chain(stage + "  choices: [{name: a, block: conv}, {name: a, block: conv}]\n") ==
        "my.yaml:5:37: space.choices[1]: the name 'a' is listed twice");
  CHECK(problem_of_chain(stage + "  choices: [{name: a, block: conv}, {name: b, block: cnv}]\n") ==
        "my.yaml:5:54: space.choices[1].block: unknown kind of block 'cnv' (did you mean 'conv'?); "
        "known kinds of blocks: identity, conv, residual, bottleneck, inverted_residual, none");
  CHECK(problem_of_chain(stage +
                         "  choices: [{name: a, block: conv}, {name: 'b,c', block: conv}]\n") ==
        "my.yaml:5:44: space.choices[1].name: expected a name of 1 to 64 letters (a to z), digits, "
        "'-' and '_' that does not begin with '-', got 'b,c' in quotes");
  CHECK(problem_of_chain(stage +
                         "  choices: [{name: a, block: conv}, {name: b, block: conv, se: 1}]\n") ==
        "my.yaml:5:60: unknown key 'space.choices[1].se', got 1; known keys of space.choices[1]: "
        "name, block, kernel, layers, widen, stride");
  CHECK(problem_of_chain(stage + "  choices: [{name: a, block: conv}, {name: b, block: bottleneck}]"
                                 "\n") ==
        "my.yaml:4:12: space.stages[0]: expected channels that the reduction 4 of 'b' divides, got "
        "6");
  CHECK(problem_of_chain(stage + two_choices + "  batch_norm_epsilon: 0\n") ==
        "my.yaml:6:23: space.batch_norm_epsilon: expected a number above 0 and at most 1, got 0");
  CHECK(problem_of_chain(stage + two_choices + "  head: 256\n") ==
        "my.yaml:6:9: space.head: expected a mapping, got 256");
  CHECK(problem_of_chain("  stages: [{layers: 1, channels: 6, choices: [{name: c, block: conv}, "
                         "{name: d, block: conv}]}]\n" +
                         two_choices) ==
        "my.yaml:2:3: space: the key 'choices' has no effect, because every stage has its own; "
        "leave it out");
  std::string many = "  stages:\n";
  for (int k = 0; k < 4; ++k) many += "    - {layers: 300, channels: 8}\n";
  CHECK(problem_of_chain(many + two_choices) ==
        "my.yaml:2:3: space: expected at most 1000 layers in all stages, got 1200");
}

TEST_CASE("one problem of what the blocks of a chain change", "[space][definition]") {
  const std::string stage = "  stages: [{layers: 1}]\n";
  const auto blocks = [&](const std::string& keys) {
    return stage + "  choices: [{name: a, block: conv}, {name: b, block: " + keys + "}]\n";
  };
  CHECK(problem_of_chain(blocks("residual, layers: 65")) ==
        "my.yaml:5:72: space.choices[1].layers: expected an integer from 1 to 64, got 65");
  CHECK(problem_of_chain(blocks("conv, widen: x2")) ==
        "my.yaml:5:67: space.choices[1].widen: expected an integer from 1 to 8, got 'x2'");
  CHECK(problem_of_chain(blocks("none, stride: 2")) ==
        "my.yaml:5:60: unknown key 'space.choices[1].stride', got 2; known keys of "
        "space.choices[1]: name, block");
  CHECK(problem_of_chain(blocks("inverted_residual, se: 0.5, input_se: 0.25")) ==
        "my.yaml:5:92: space.choices[1].input_se: expected one of 'se' and 'input_se', got both");
  CHECK(problem_of_chain(blocks("inverted_residual") + "  order: activation_first\n") ==
        "my.yaml:2:3: space: the order activation_first is for conv, residual and bottleneck, but "
        "'b' is an inverted_residual; leave 'order' out");
  CHECK(problem_of_chain(blocks("identity") + "  activation: swich\n") ==
        "my.yaml:6:15: space.activation: unknown activation 'swich' (did you mean 'swish'?); known "
        "activations: relu, swish");
  CHECK(problem_of_chain(blocks("identity") + "  stem: [{channels: 8}, {kernal: 3}]\n") ==
        "my.yaml:6:26: unknown key 'space.stem[1].kernal' (did you mean 'kernel'?), got 3; known "
        "keys of space.stem[1]: channels, kernel, stride");
  CHECK(problem_of_chain(blocks("identity") + "  stem: []\n") ==
        "my.yaml:6:9: space.stem: expected a list of 1 to 16 layers, got 0");
  CHECK(problem_of_chain(blocks("identity") + "  limits: {widen: {least: 4, most: 2}}\n") ==
        "my.yaml:6:36: space.limits.widen.most: expected an integer from 4 to 1000000, got 2");
  CHECK(problem_of_chain("  stages: [{layers: 20}]\n  choices: [{name: a, block: conv}, {name: b, "
                         "block: conv, layers: 64}]\n") ==
        "my.yaml:2:3: space: expected at most 1000 layers in all stages, got 1280");
}

TEST_CASE("keys of a chain with their default values leave the definition as it is",
          "[space][definition]") {
  const std::string before = "space: {kind: chain, name: a, stages: [{layers: 1, channels: 8}], ";
  const std::string choices = "choices: [{name: c, block: conv}, {name: i, block: identity}]}";
  const std::string written =
      "activation: relu, order: activation_last, choices: [{name: c, block: conv, layers: 1, "
      "widen: 1, stride: 1}, {name: i, block: identity}]}";
  CHECK(read(before + written) == read(before + choices));
}

TEST_CASE("texts that are no definition at all", "[space][definition]") {
  CHECK(problems_of("") ==
        Texts{"my.yaml: expected 'space:' with the definition of a space, found nothing"});
  CHECK(problems_of("- a") ==
        Texts{"my.yaml:1:1: expected 'space:' with the definition of a space, got a list"});
  CHECK(problems_of("spaces: {}") ==
        Texts{"my.yaml:1:1: expected nothing but 'space:', got the key 'spaces'; give a file with "
              "other settings by --config",
              "my.yaml:1:1: the section 'space:' is missing"});
  CHECK(problems_of("space: 3") == Texts{"my.yaml:1:8: space: expected a mapping, got 3"});
  CHECK(problems_of("space: {kind: graph, name: a}") ==
        Texts{"my.yaml:1:15: space.kind: unknown kind 'graph'; known kinds: cell, chain"});
  CHECK(problems_of("space: {name: a}") ==
        Texts{"my.yaml:1:8: space: the key 'kind' is missing; expected one of the kinds: cell, "
              "chain"});
  CHECK(problems_of("space: &a {kind: *a, name: b}").size() == 1);
  CHECK(problems_of("space: {kind: cell").size() == 1);
  CHECK(problems_of("space: !!python/object {kind: cell}").size() == 1);
  CHECK(problems_of(std::string("space:\0", 7)) ==
        Texts{"my.yaml: not a text file: it holds NUL bytes"});
  CHECK(problems_of(std::string(1'100'000, '#')).front().find("larger than 1 MiB") !=
        std::string::npos);
  CHECK(problems_of("space: " + std::string(400'000, '[')).size() == 1);
}

TEST_CASE("files of very many parts are refused in time", "[space][definition]") {
  std::string list = "  ops: [", keys,
              aliases = "  choices: &c [{name: a, block: conv}]\n  stages: [";
  for (int k = 0; k < 300'000; ++k) list += "a,";
  CHECK_THAT(problem_of_cells(list + "]"),
             ContainsSubstring("expected a list of 2 to 10 operations, got 300000"));
  for (int k = 0; k < 80'000; ++k) keys += "  k" + std::to_string(k) + ": 1\n";
  CHECK(problems_of("space:\n  kind: cell\n  name: a\n" + keys).size() == 80'000);
  for (int k = 0; k < 60; ++k) aliases += "{layers: 1, channels: 8, choices: *c},";
  CHECK_FALSE(problems_of(chain_with(aliases + "]\n")).empty());
}

TEST_CASE("a space is made for the images of the data", "[space][definition]") {
  const ordered_json any = read("space: {kind: cell, name: mine}");
  CHECK(make_defined_space(any, {{1, 16, 8}, 7})->input().image == FeatureShape{1, 16, 8});
  CHECK_THAT(rejection(any, {{3, 30, 32}, 10}), ContainsSubstring("multiple of 4"));
  const ordered_json fixed = read(
      "space: {kind: cell, name: mine, classes: 100, input: {channels: 1, height: 28, width: 28}}");
  CHECK(rejection(fixed, {{1, 28, 28}, 100}).empty());
  CHECK(rejection(fixed, {{3, 32, 32}, 100}) ==
        "the space 'mine' is for images of 1x28x28, the data have 3x32x32; leave 'input' out "
        "of "
        "its definition to take those of the data");
  CHECK(rejection(fixed, {{1, 28, 28}, 10}) ==
        "the space 'mine' is for 100 classes, the data have 10; leave 'classes' out of its "
        "definition to take those of the data");
  CHECK(make_defined_naming_space(fixed)->input().classes == 100);
  CHECK(make_defined_naming_space(read("space: {kind: cell, name: mine, stages: 8}"))
            ->input()
            .image.height == 128);
}

}  // namespace wrcor
