// Spaces that their users define, in the configuration.

#include "config_support.h"
#include "core/file.h"
#include "record/run_identity.h"
#include "record/score_identity.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/space/builtin.h"

using namespace wrcor;
using wrcor::test::contains;
using wrcor::test::error_of;
using wrcor::test::file_error;
using wrcor::test::load_text;
using wrcor::test::sources;

namespace {

const std::string cells = "space:\n  kind: cell\n  name: mine\n  nodes: 3\n  channels: 8\n";
const std::string folder = WRCOR_SOURCE_DIR "/configs/spaces/";

/// The configuration that a file with this content, given by --space, makes.
Config load_space(const std::string& content, const std::string& suffix = "yaml") {
  const test::TemporaryFolder place;
  const auto file = place.write("space." + suffix, content);
  return load_config(sources({{"space.name", file.string()}}));
}

ScoringConditions some_conditions() {
  ScoringConditions conditions;
  conditions.batch = {{"sha256", "0"}, {"classes", 10}};
  conditions.device_kind = "cpu";
  return conditions;
}

std::string identity(const Config& config) { return score_identity(config, some_conditions(), {}); }

}  // namespace

TEST_CASE("a space comes from a file, by flag, variable, or setting", "[config][space]") {
  for (const char* suffix : {"yaml", "yml", "json"}) {
    const Config config = load_space(cells, suffix);
    CHECK(config.space.name == "mine");
    CHECK(config.space.definition.at("nodes") == 3);
  }
  const std::string file = folder + "chain.yaml";
  for (const Config& config :
       {load_config(sources({}, {{"WRCOR_SPACE_NAME", file}})),
        load_text("space: {name: '" + file + "'}"), load_text(read_file(file))}) {
    CHECK(config.space.name == "my-chain");
    CHECK(resolve(config).space->format(resolve(config).space->at(0)) ==
          "id,id,id,basic,basic,basic");
  }
}

TEST_CASE("a later source chooses another space than one that is defined", "[config][space]") {
  const Config published = load_text(cells, sources({{"space.name", "nb201"}}));
  CHECK(published.space.name == "nb201");
  CHECK(published.space.definition.is_null());
  const Config chain = load_text(cells, sources({{"space.name", folder + "chain.yaml"}}));
  CHECK(chain.space.name == "my-chain");
}

TEST_CASE("what records hold of a defined space is read back", "[config][space]") {
  const Config config = load_text(cells + "search: {budget: 7}\n");
  CHECK(load_text(config_document(config)).space.definition == config.space.definition);
  CHECK(load_text(config_document(config)).search.budget == 7);
  for (const auto& sections : {to_json(config), result_config(config)}) {
    CHECK(sections.at("space").dump() ==
          R"({"name":"mine","definition":)" + config.space.definition.dump() + "}");
    CHECK(config_from_json(sections, "record").space.definition == config.space.definition);
    CHECK(config_from_json(sections, "record").space.name == "mine");
  }
}

TEST_CASE("a damaged definition in a record is an error", "[config][space]") {
  auto sections = to_json(load_text(cells));
  sections["space"]["definition"]["nodes"] = 99;
  CHECK_THROWS_WITH(config_from_json(sections, "record"),
                    ContainsSubstring("record: the definition of the space:1:") &&
                        ContainsSubstring("space.nodes: expected an integer from 2 to 8, got 99"));
  sections["space"]["definition"]["nodes"] = 3;
  sections["space"]["name"] = "other";
  CHECK_THROWS_WITH(config_from_json(sections, "record"),
                    "record: the definition is not that of the space 'other'");
}

TEST_CASE("errors in a definition join the others", "[config][space]") {
  CHECK(file_error(cells + "  stages: 0\nsearch: {budget: -1}\n") ==
        "my.yaml:6:11: space.stages: expected an integer from 1 to 12, got 0\n"
        "my.yaml:7: search.budget: expected an integer from 1 to 1000000000 or null, got -1");
  const test::TemporaryFolder place;
  const std::string file = place.write("a.yaml", cells + "  stages: 0\n").string();
  CHECK(error_of(
            [&] {
              load_config(sources({{"space.name", file}, {"search.budget", "-1"}}));
            },
            place.path().string() + "/") ==
        "--budget: expected an integer from 1 to 1000000000 or none, got -1\n"
        "a.yaml:6:11: space.stages: expected an integer from 1 to 12, got 0");
  CHECK(error_of([] {
          load_config(sources({{"space.name", "no/such.yaml"}}));
        }) == "--space: 'no/such.yaml' cannot be read: No such file or directory");
  CHECK(error_of([] {
          load_config(sources({{"space.name", "nb21"}}));
        })
            .starts_with(
                "--space: unknown space 'nb21' (did you mean 'nb201'?); known spaces: nb201,"));
  CHECK(error_of([] {
          load_config(sources({{"space.name", "nb21"}}));
        }).ends_with("; or a file that ends in .yaml, .yml or .json"));
}

TEST_CASE("the sizes of a defined space are in its definition", "[config][space]") {
  CHECK(error_of([] {
          load_config(sources({{"space.name", folder + "cells.yaml"}, {"space.channels", "8"}}));
        }) ==
        "--channels: the space 'my-cells' has no option 'channels': its sizes are in its "
        "definition; change them there");
  CHECK(contains(file_error("space: {name: mine, definition: {kind: cell, name: mine}, cells: 3}"),
                 "space.cells: the sizes of a space with a definition are in it, got 3"));
}

TEST_CASE("a definition is part of every identity", "[config][space]") {
  const Config config = load_text(cells), other = load_text(cells + "  stages: 2\n");
  CHECK(identity(config) == identity(load_space(cells)));
  CHECK(identity(config) != identity(other));
  CHECK(identity(config) != identity(Config()));
  const auto header = journal_header(resolve(config), some_conditions());
  CHECK(header.at("config").at("space").at("definition") == config.space.definition);
}

TEST_CASE("a space that is made for other data is refused", "[config][space]") {
  const Config config = load_text(cells + "  classes: 100\n");
  CHECK(error_of([&] { resolve(config); }) ==
        "the space 'mine' is for 100 classes, the data have 10; leave 'classes' out of its "
        "definition to take those of the data");
}
