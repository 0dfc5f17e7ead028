#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "options.h"
#include "wrcor/core/registry.h"
#include "wrcor/data/builtin.h"

namespace wrcor::cli {
namespace {

void setup_fetch(CLI::App& data, const Run<DataFetchOptions>& run) {
  auto options = std::make_shared<DataFetchOptions>();
  CLI::App* command = data.add_subcommand(
      "fetch", "download data sets into the cache folder and print where they are");
  std::vector<std::string> names;
  for (const auto& entry : datasets().entries()) {
    if (entry.value.source) names.push_back(entry.name);
  }
  CLI::Option* option =
      command->add_option("names", options->names, "data sets, among them " + join(names))
          ->required()
          ->type_name("NAME");
  set_candidates(*option, names);
  add_settings(*command, {"data.mirror"}, options->sources);
  options->sources.used = {"data.mirror"};
  set_example(*command, "wrcor data fetch cifar10");
  set_action(*command, [options, run] { run(*options); });
}

void setup_info(CLI::App& data, const Run<DataInfoOptions>& run) {
  auto options = std::make_shared<DataInfoOptions>();
  CLI::App* command = data.add_subcommand("info", "which data sets the cache folder has");
  add_choice(*command, "--format", options->format, {"table", "json"}, "form of the output");
  set_example(*command, "wrcor data info --format json");
  set_action(*command, [options, run] { run(*options); });
}

}  // namespace

void setup_data(CLI::App& data, const Run<DataFetchOptions>& fetch,
                const Run<DataInfoOptions>& info) {
  data.require_subcommand(1);
  setup_fetch(data, fetch);
  setup_info(data, info);
  set_example(data, "wrcor data fetch cifar10");
}

}  // namespace wrcor::cli
