#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "core/table.h"
#include "core/utf8.h"
#include "data/cache_folder.h"
#include "data/fetch.h"
#include "options.h"
#include "output.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"
#include "wrcor/data/builtin.h"

namespace wrcor::cli {
namespace {

namespace fs = std::filesystem;

struct FetchCommandOptions {
  ConfigSources sources;
  std::vector<std::string> names;
};

void run_data_fetch(const FetchCommandOptions& options, const Fetch& fetch) {
  const Config config = load_config(options.sources);
  for (const std::string& name : options.names) {
    const DatasetKind& kind = datasets().find(name).make;
    if (!kind.source) throw UsageError("'" + name + "' cannot be fetched: " + kind.origin);
  }
  for (const std::string& name : options.names) {
    const DataSource& source = *datasets().find(name).make.source;
    write_output(fetch(source, config).string() + "\n");
  }
}

/// State of a data set in the cache folder.
struct DataState {
  std::string name;
  std::string state;  ///< "ready", "partial" (an incomplete download), "missing", "damaged"
  std::optional<std::int64_t> images;
  std::optional<std::uint64_t> bytes;
  fs::path path;
  std::string remedy;  ///< unless it is ready
};

DataState state_of_files(const std::string& name, const Dataset& dataset) {
  DataState state{name, "ready", dataset.size(), {}, {}, {}};
  if (dataset.files().empty()) return state;
  state.path = dataset.files().front().parent_path();
  state.bytes = 0;
  for (const fs::path& file : dataset.files()) *state.bytes += fs::file_size(file);
  return state;
}

DataState state_without_files(const std::string& name, const DatasetKind& kind) {
  if (!kind.source) return {name, "missing", {}, {}, {}, kind.origin};
  const fs::path part = partial_download(*kind.source, cache_folder());
  std::error_code none;
  const std::uintmax_t bytes = fs::file_size(part, none);
  const std::string remedy = "wrcor data fetch " + name;
  if (none) return {name, "missing", {}, {}, {}, remedy};
  return {name, "partial", {}, bytes, part, remedy};
}

DataState state_of(const std::string& name, const DatasetKind& kind) {
  try {
    return state_of_files(name, *kind.open({}));
  } catch (const MissingDataError&) {
    return state_without_files(name, kind);
  } catch (const UsageError&) {  // it is where the user says, never in the cache folder
    return state_without_files(name, kind);
  } catch (const DataError& problem) {
    return {name, "damaged", {}, {}, {}, problem.what()};
  }
}

std::string as_json(const std::vector<DataState>& states) {
  using nlohmann::ordered_json;
  ordered_json document{{"cache", printable(cache_folder().string())},
                        {"datasets", ordered_json::array()}};
  const auto or_null = [](const auto& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
  };
  for (const DataState& state : states) {
    ordered_json entry{{"name", state.name},
                       {"state", state.state},
                       {"images", or_null(state.images)},
                       {"bytes", or_null(state.bytes)},
                       {"path", nullptr},
                       {"remedy", nullptr}};
    if (!state.path.empty()) entry["path"] = printable(state.path.string());
    if (!state.remedy.empty()) entry["remedy"] = state.remedy;
    document["datasets"].push_back(entry);
  }
  return document.dump(2) + "\n";
}

std::string as_table(const std::vector<DataState>& states) {
  std::vector<std::vector<std::string>> rows;
  for (const DataState& state : states) {
    rows.push_back({state.name, state.state, state.images ? std::to_string(*state.images) : "",
                    state.bytes ? std::to_string(*state.bytes) : "",
                    state.path.empty() ? state.remedy : state.path.string()});
  }
  return format_table({"name", "state", "images", "bytes", "path, or what to do"}, rows);
}

void run_data_info(const std::string& format) {
  std::vector<DataState> states;
  for (const auto& entry : datasets().entries()) {
    states.push_back(state_of(entry.name, entry.make));
  }
  write_output(format == "json" ? as_json(states) : as_table(states));
}

void setup_fetch(CLI::App& data, const Fetch& fetch) {
  auto options = std::make_shared<FetchCommandOptions>();
  CLI::App* command = data.add_subcommand(
      "fetch", "download data sets into the cache folder and print where they are");
  std::vector<std::string> names;
  for (const auto& entry : datasets().entries()) {
    if (entry.make.source) names.push_back(entry.name);
  }
  CLI::Option* option =
      command->add_option("names", options->names, "data sets, among them " + join(names))
          ->required()
          ->type_name("NAME");
  set_candidates(*option, names);
  add_settings(*command, {"data.mirror"}, options->sources);
  options->sources.used = {"data.mirror"};
  set_example(*command, "wrcor data fetch cifar10");
  set_action(*command, [options, fetch] { run_data_fetch(*options, fetch); });
}

void setup_info(CLI::App& data) {
  auto format = std::make_shared<std::string>("table");
  CLI::App* command = data.add_subcommand("info", "which data sets the cache folder has");
  add_choice(*command, "--format", *format, {"table", "json"}, "form of the output");
  set_example(*command, "wrcor data info --format json");
  set_action(*command, [format] { run_data_info(*format); });
}

}  // namespace

void setup_data(CLI::App& data, const Fetch& fetch) {
  data.require_subcommand(1);
  setup_fetch(data, fetch);
  setup_info(data);
  set_example(data, "wrcor data fetch cifar10");
}

}  // namespace wrcor::cli
