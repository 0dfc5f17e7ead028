#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "architecture.h"
#include "commands.h"
#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/table.h"
#include "drawing/cell_drawing.h"
#include "drawing/portrait_drawing.h"
#include "options.h"
#include "output.h"
#include "schemas.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
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

/// Columns of a list of architectures, and their values for one.
using Columns = std::vector<std::pair<std::string, nlohmann::ordered_json>>;

Columns columns_of(const SearchSpace& space, const Genotype& genotype) {
  const Portrait portrait = space.portrait(genotype);
  const Costs costs = space.costs(genotype);
  Columns columns{{"arch", space.format(genotype)}};
  const auto add = [&columns](const std::vector<Fact>& facts) {
    for (const Fact& fact : facts) {
      if (fact.in_table) columns.emplace_back(fact.key, fact.value);
    }
  };
  add(portrait.numbers);
  columns.emplace_back("canonical", space.format(space.representative(genotype, Dedupe::strict)));
  add(portrait.facts);
  columns.emplace_back("connected", space.connected(genotype) ? 1 : 0);
  columns.emplace_back("params", costs.params);
  columns.emplace_back("flops", costs.flops);
  return columns;
}

std::string csv_header(const Columns& columns) {
  std::vector<std::string> names;
  for (const auto& [name, value] : columns) names.push_back(name);
  return csv_line(names);
}

std::string csv_row(const Columns& columns) {
  std::vector<std::string> values;
  for (const auto& [name, value] : columns)
    values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  return csv_line(values);
}

std::string describe_all(const SearchSpace& space) {
  constexpr std::uint64_t most_listed = 10'000'000;
  const auto size = space.size();
  if (!size || *size > most_listed)
    throw UsageError("--all: the space " + in_quotes(space.name()) +
                     " has too many architectures to list");
  std::string text;
  for (std::uint64_t index = 0; index < *size; ++index) {
    const Columns columns = columns_of(space, space.at(index));
    if (index == 0) text += csv_header(columns);
    text += csv_row(columns);
  }
  return text;
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

/// "4 of 6": edges between the input and the output, of all that a cell may have.
std::string reachable_edges(const CellGraph& cell) {
  const auto reachable = std::count_if(cell.edges.begin(), cell.edges.end(),
                                       [](const auto& edge) { return edge.reachable; });
  return std::to_string(reachable) + " of " + std::to_string(cell.places);
}

/// The rows of the parts of a network, as objects.
nlohmann::ordered_json parts_json(const Portrait::Parts& parts) {
  auto rows = nlohmann::ordered_json::array();
  for (const auto& row : parts.rows) {
    nlohmann::ordered_json object;
    for (std::size_t k = 0; k < row.size(); ++k) object[parts.columns[k]] = row[k];
    rows.push_back(std::move(object));
  }
  return rows;
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

/// All facts about an architecture, with their labels for readers.
std::vector<Fact> facts_of(const SearchSpace& space, const Genotype& genotype,
                           const Portrait& portrait) {
  const Costs costs = space.costs(genotype);
  std::vector<Fact> facts{{"arch", "architecture", space.format(genotype)}};
  facts.insert(facts.end(), portrait.numbers.begin(), portrait.numbers.end());
  facts.push_back({"params", "parameters", costs.params});
  facts.push_back({"flops", "FLOPs", costs.flops});
  facts.push_back({"connected", "connected", space.connected(genotype)});
  facts.push_back({"canonical", "canonical form",
                   space.format(space.representative(genotype, Dedupe::strict))});
  facts.insert(facts.end(), portrait.facts.begin(), portrait.facts.end());
  return facts;
}

std::string fact_text(const nlohmann::ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.dump();
}

/// @param layers  nothing: not requested
std::string describe_one(const SearchSpace& space, const Genotype& genotype, bool as_json,
                         const std::optional<std::vector<ResponsePart>>& layers) {
  const Portrait portrait = space.portrait(genotype);
  const std::vector<Fact> facts = facts_of(space, genotype, portrait);
  if (as_json) {
    nlohmann::ordered_json document{{"schema_version", schema_version::description}};
    for (const Fact& fact : facts) document[fact.key] = fact.value;
    if (portrait.graph) document["edges"] = edges_json(*portrait.graph);
    if (portrait.parts) document["parts"] = parts_json(*portrait.parts);
    if (layers) {
      document["layers"] = nlohmann::ordered_json::array();
      for (const ResponsePart& part : *layers) document["layers"].push_back(to_json(part));
    }
    return document.dump(2) + "\n";
  }
  std::vector<std::vector<std::string>> rows;
  for (const Fact& fact : facts) rows.push_back({fact.label, fact_text(fact.value)});
  if (portrait.graph) rows.push_back({"reachable edges", reachable_edges(*portrait.graph)});
  std::string text = format_table({}, rows) + "\n" + portrait_text(portrait);
  if (layers) text += "\n" + format_table(layer_columns, layer_rows(*layers, /*exact=*/false));
  return text;
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
  for (const char* key : settings_of_layers) {
    if (!options.layers) sources.unused[key] = "no network is run without --layers";
  }
  // Whatever proxies the configuration names.
  if (options.layers) sources.used = {"score.counting", "score.init", "score.weights_mode"};
  const auto ranked = find_ranked(options.architecture, sources);
  const Config config = load_config(sources);
  NetworkInput input = network_input(config, options.classes, ranked);
  set_image_size(input.image, options.image_size);
  const auto space = make_space(config.space, input);
  if (options.all) {
    write_output(describe_all(*space));
    return;
  }
  const Genotype genotype = read_architecture(*space, options.architecture);
  const std::string title = space->format(genotype);
  std::optional<std::vector<ResponsePart>> layers;
  if (options.layers) layers = layers_of(options, config, genotype, format, layer_parts);
  if (layers && format == "csv") {
    write_output(layers_csv(*layers));
  } else if (format == "dot") {
    const Portrait portrait = space->portrait(genotype);
    if (!portrait.graph)
      throw UsageError("--format dot: architectures of " + in_quotes(space->name()) +
                       " are no graphs; use svg or text");
    write_output(cell_dot(*portrait.graph, title));
  } else if (format == "svg") {
    write_output(portrait_svg(space->portrait(genotype), title));
  } else if (format == "csv") {
    const Columns columns = columns_of(*space, genotype);
    write_output(csv_header(columns) + csv_row(columns));
  } else {
    write_output(describe_one(*space, genotype, format == "json", layers));
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
  const auto optional = [](const char* name, const Schema& schema) {
    return Member{name, schema, /*required=*/false};
  };
  const Schema fact = {{"type", {"string", "integer", "number", "boolean"}}};
  nlohmann::ordered_json schema =
      object({{"schema_version", constant(schema_version::description)},
              {"arch", text()},
              optional("id", count),
              optional("index", count),
              {"params", count},
              {"flops", count},
              {"connected", {{"type", "boolean"}}},
              {"canonical", text()},
              optional("class_size", count),
              optional("published_class", count),
              optional("effective", text()),
              optional("effective_params", count),
              optional("edges", array(edge)),
              optional("parts", array({{"type", "object"}, {"additionalProperties", text()}})),
              optional("layers", array(response_part_schema()))});
  schema["additionalProperties"] = fact;  // facts that only some spaces have
  return document("description", schema_version::description,
                  "What wrcor describe --format json prints", schema);
}

}  // namespace wrcor::cli
