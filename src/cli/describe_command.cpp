#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "architecture.h"
#include "commands.h"
#include "config/chosen_data.h"
#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/table.h"
#include "drawing/cell_drawing.h"
#include "options.h"
#include "output.h"
#include "schemas.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"
#include "wrcor/space/builtin.h"

namespace wrcor::cli {
namespace {

/// Settings of the minibatch and of the network that --layers runs.
constexpr const char* settings_of_layers[] = {
    "data.batch_file", "data.batch_size", "data.augment", "data.download",
    "data.mirror",     "score.counting",  "score.init",   "score.weights_mode",
    "run.seed",        "run.device",      "run.threads"};

struct DescribeOptions {
  ConfigSources sources;
  std::string architecture;  ///< as read_architecture() accepts it
  bool all = false;
  std::string classes;     ///< empty: those of the data set
  std::string image_size;  ///< empty: that of the data set
  std::string format;      ///< empty: csv with --all, else text
  bool layers = false;
};

/// The description of one cell.
struct Description {
  Genotype genotype;
  std::uint64_t id = 0;
  std::uint64_t official = 0;
  std::string canonical;
  std::uint64_t published = 0;
  bool connected = false;
  Costs costs;
};

Description describe(const NasBench201& space, const Genotype& genotype) {
  Description result;
  result.genotype = genotype;
  result.id = space.index(genotype);
  result.official = official_index(result.id);
  result.canonical = space.format(space.representative(genotype, Dedupe::strict));
  result.published = published_class(genotype, PublishedClasses::n6466);
  result.connected = space.connected(genotype);
  result.costs = space.costs(genotype);
  return result;
}

std::string csv_header() {
  return csv_line(
      {"arch", "id", "index", "canonical", "published_class", "connected", "params", "flops"});
}

std::string csv_row(const NasBench201& space, const Description& cell) {
  return csv_line({space.format(cell.genotype), std::to_string(cell.id),
                   std::to_string(cell.official), cell.canonical, std::to_string(cell.published),
                   cell.connected ? "1" : "0", std::to_string(cell.costs.params),
                   std::to_string(cell.costs.flops)});
}

std::string describe_all(const NasBench201& space) {
  std::string text = csv_header();
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    text += csv_row(space, describe(space, space.at(id)));
  }
  return text;
}

/// Number of cells in the strict class of `genotype`.
int class_size(const NasBench201& space, const Genotype& genotype) {
  const Genotype representative = space.representative(genotype, Dedupe::strict);
  int size = 0;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    if (space.representative(space.at(id), Dedupe::strict) == representative) ++size;
  }
  return size;
}

nlohmann::ordered_json edges_json(const CellGraph& cell) {
  auto edges = nlohmann::ordered_json::array();
  for (const CellGraph::Edge& edge : cell.edges) {
    edges.push_back({{"source", edge.source},
                     {"target", edge.target},
                     {"operation", cell.operation(edge)},
                     {"reachable", edge.reachable}});
  }
  return edges;
}

/// "4 of 6": edges between the input and the output, of all edges of the space.
std::string reachable_edges(const CellGraph& cell, const SearchSpace& space) {
  const auto reachable = std::count_if(cell.edges.begin(), cell.edges.end(),
                                       [](const auto& edge) { return edge.reachable; });
  return std::to_string(reachable) + " of " + std::to_string(space.decisions().size());
}

std::string optional_number(const std::optional<double>& value, bool exact) {
  if (!value) return "";
  return exact ? nlohmann::json(*value).dump() : score_text(*value);
}

/// Rows of a table, or of CSV when the numbers are exact.
std::vector<std::vector<std::string>> layer_rows(const std::vector<ResponsePart>& parts,
                                                 bool exact) {
  std::vector<std::vector<std::string>> rows;
  for (const ResponsePart& part : parts) {
    rows.push_back({std::to_string(part.unit), part.layer,
                    part.gradient ? "gradient" : "activation", nlohmann::json(part.weight).dump(),
                    optional_number(part.norm, exact), optional_number(part.share, exact),
                    optional_number(part.correlation, exact), optional_number(part.effect, exact)});
  }
  return rows;
}

const std::vector<std::string> layer_columns = {"unit", "layer", "side",        "weight",
                                                "norm", "share", "correlation", "effect"};

std::string layers_csv(const std::vector<ResponsePart>& parts) {
  std::string text = csv_line(layer_columns);
  for (const auto& row : layer_rows(parts, /*exact=*/true)) text += csv_line(row);
  return text;
}

/// @param layers  nothing: not requested
std::string describe_one(const NasBench201& space, const Genotype& genotype, bool as_json,
                         const std::optional<std::vector<ResponsePart>>& layers) {
  const Description cell = describe(space, genotype);
  const Genotype effective = effective_cell(genotype);
  const Costs effective_costs = space.costs(effective);
  const CellGraph cell_graph = space.cell(genotype);
  const nlohmann::ordered_json facts = {
      {"arch", space.format(genotype)},
      {"id", cell.id},
      {"index", cell.official},
      {"params", cell.costs.params},
      {"flops", cell.costs.flops},
      {"connected", cell.connected},
      {"canonical", cell.canonical},
      {"class_size", class_size(space, genotype)},
      {"published_class", cell.published},
      {"effective", space.format(effective)},
      {"effective_params", effective_costs.params},
  };
  if (as_json) {
    nlohmann::ordered_json document{{"schema_version", schema_version::description}};
    document.update(facts);
    document["edges"] = edges_json(cell_graph);
    if (layers) {
      document["layers"] = nlohmann::ordered_json::array();
      for (const ResponsePart& part : *layers) document["layers"].push_back(to_json(part));
    }
    return document.dump(2) + "\n";
  }
  const std::map<std::string, std::string> titles = {
      {"arch", "architecture"},
      {"id", "id"},
      {"index", "official index"},
      {"params", "parameters"},
      {"flops", "FLOPs"},
      {"connected", "connected"},
      {"canonical", "canonical form"},
      {"class_size", "cells in its class"},
      {"published_class", "published class"},
      {"effective", "effective cell"},
      {"effective_params", "effective parameters"},
  };
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, value] : facts.items()) {
    const std::string text = value.is_string()    ? value.get<std::string>()
                             : value.is_boolean() ? (value.get<bool>() ? "yes" : "no")
                                                  : value.dump();
    rows.push_back({titles.at(key), text});
  }
  rows.push_back({"reachable edges", reachable_edges(cell_graph, space)});
  std::string text = format_table({}, rows) + "\n" + cell_text(cell_graph);
  if (layers) text += "\n" + format_table(layer_columns, layer_rows(*layers, /*exact=*/false));
  return text;
}

MacroSettings network_size(const DescribeOptions& options, const Config& config) {
  const DatasetInfo data = dataset_info(config);
  MacroSettings macro;
  macro.channels = config.space.channels;
  macro.cells_per_stage = config.space.cells;
  macro.classes = data.classes;
  macro.height = data.image.height;
  macro.width = data.image.width;
  if (!options.classes.empty()) {
    macro.classes = static_cast<int>(whole_number("--classes", options.classes, 1, 1'000'000));
  }
  if (!options.image_size.empty()) {
    macro.height = static_cast<int>(whole_number("--image-size", options.image_size, 4, 4096));
    macro.width = macro.height;
  }
  return macro;
}

/// The parts of WRCor's score of the architecture, on a minibatch.
std::vector<ResponsePart> layers_of(const DescribeOptions& options, const Config& config,
                                    const Genotype& genotype, const std::string& format,
                                    const LayerParts& layer_parts) {
  if (!options.classes.empty() || !options.image_size.empty())
    throw UsageError(
        "--layers runs the network on images: it takes neither --classes nor --image-size");
  if (format == "dot" || format == "svg")
    throw UsageError("--layers is a table: use --format text, json or csv");
  return layer_parts(config, genotype);
}

void run_describe(const DescribeOptions& options, const LayerParts& layer_parts) {
  if (options.all != options.architecture.empty()) {
    throw UsageError("expected an architecture or --all, got " +
                     std::string(options.all ? "both" : "neither"));
  }
  const std::string format = !options.format.empty() ? options.format
                             : options.all           ? "csv"
                                                     : "text";
  if (options.all && format != "csv") throw UsageError("--all is written as CSV: use --format csv");

  if (options.all && options.layers)
    throw UsageError("--layers decomposes one architecture; it cannot be combined with --all");

  ConfigSources sources = options.sources;
  if (!options.layers) {
    for (const char* key : settings_of_layers)
      sources.unused[key] = "no network is run without --layers";
  }
  find_ranked(options.architecture, sources);
  const Config config = load_config(sources);
  const auto space = spaces().find(config.space.name).value(network_size(options, config));
  const auto* cells = dynamic_cast<const NasBench201*>(space.get());
  if (cells == nullptr) throw UsageError("describe knows the space 'nb201' only");

  if (options.all) {
    write_output(describe_all(*cells));
    return;
  }
  const Genotype genotype = read_architecture(*cells, options.architecture);
  const std::string title = cells->format(genotype);
  std::optional<std::vector<ResponsePart>> layers;
  if (options.layers) layers = layers_of(options, config, genotype, format, layer_parts);
  if (layers && format == "csv") {
    write_output(layers_csv(*layers));
  } else if (format == "dot") {
    write_output(cell_dot(cells->cell(genotype), title));
  } else if (format == "svg") {
    write_output(cell_svg(cells->cell(genotype), title));
  } else if (format == "csv") {
    write_output(csv_header() + csv_row(*cells, describe(*cells, genotype)));
  } else {
    write_output(describe_one(*cells, genotype, format == "json", layers));
  }
}

}  // namespace

void setup_describe(CLI::App& command, const LayerParts& layer_parts) {
  auto options = std::make_shared<DescribeOptions>();
  command.add_option("architecture", options->architecture, architecture_forms);
  command.add_flag("--all", options->all, "every architecture of the space, as CSV");
  command.add_flag(
      "--layers", options->layers,
      "contribution of each response to WRCor's score, on a minibatch: its weighted part of K");
  std::vector<std::string> keys{"space", "data.name", "data.root"};
  keys.insert(keys.end(), std::begin(settings_of_layers), std::end(settings_of_layers));
  add_settings(command, keys, options->sources);
  command
      .add_option("--classes", options->classes,
                  "classes of the data; by default those of the data set")
      ->type_name("N");
  command
      .add_option(
          "--image-size", options->image_size,
          "height and width of the images, a multiple of 4; by default those of the data set")
      ->type_name("N");
  add_choice(command, "--format", options->format, {"text", "json", "csv", "dot", "svg"},
             "form of the output; text, with --all csv");
  set_example(command, "wrcor describe index:6111 --format json");
  set_action(command, [options, layer_parts] { run_describe(*options, layer_parts); });
}

nlohmann::ordered_json description_schema() {
  using namespace json_schema_parts;
  const Schema count = json_schema_parts::whole_number();
  const Schema edge = object({{"source", count},
                              {"target", count},
                              {"operation", text()},
                              {"reachable", {{"type", "boolean"}}}});
  return document("description", schema_version::description,
                  "What wrcor describe --format json prints",
                  object({{"schema_version", constant(schema_version::description)},
                          {"arch", text()},
                          {"id", count},
                          {"index", count},
                          {"params", count},
                          {"flops", count},
                          {"connected", {{"type", "boolean"}}},
                          {"canonical", text()},
                          {"class_size", count},
                          {"published_class", count},
                          {"effective", text()},
                          {"effective_params", count},
                          {"edges", array(edge)},
                          {"layers", array(response_part_schema()), /*required=*/false}}));
}

}  // namespace wrcor::cli
