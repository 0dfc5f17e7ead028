#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "config/config_documents.h"
#include "core/file.h"
#include "options.h"
#include "output.h"
#include "schemas.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

void run_config_init(const std::string& out) {
  if (out.empty()) {
    write_output(commented_config());
  } else {
    write_new_file(out, commented_config());
  }
}

void run_config_validate(const std::vector<std::string>& files) {
  std::vector<std::string> problems;
  for (const std::string& file : files) {
    ConfigSources source;
    source.file = file;
    source.environment.clear();  // only the file is checked
    try {
      load_config(source);
      write_output(file + ": ok\n");
    } catch (const UsageError& error) {
      for (std::string& problem : error.problems()) problems.push_back(std::move(problem));
    }
  }
  if (!problems.empty()) throw UsageError(problems);
}

void setup_init(CLI::App& config) {
  auto out = std::make_shared<std::string>();
  CLI::App* command = config.add_subcommand("init", "write a commented file with all defaults");
  add_path(*command, "--out", *out, "FILE", "file to create; standard output when not given");
  set_example(*command, "wrcor config init --out my.yaml");
  set_action(*command, [out] { run_config_init(*out); });
}

void setup_validate(CLI::App& config) {
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* command = config.add_subcommand("validate", "check configuration files");
  command->add_option("files", *files, "YAML or JSON files")->required()->type_name("FILE");
  set_example(*command, "wrcor config validate my.yaml");
  set_action(*command, [files] { run_config_validate(*files); });
}

void setup_schema(CLI::App& config) {
  auto kind = std::make_shared<std::string>("config");
  CLI::App* command = config.add_subcommand(
      "schema", "print the JSON Schema of configuration files, or of what the program writes");
  add_choice(*command, "--of", *kind, schema_kinds(), "what to describe");
  set_example(*command, "wrcor config schema --of result > result.schema.json");
  set_action(*command, [kind] { write_output(json_schema(*kind).dump(2) + "\n"); });
}

}  // namespace

void setup_config(CLI::App& config) {
  config.require_subcommand(1);
  setup_init(config);
  setup_validate(config);
  setup_schema(config);
  set_example(config, "wrcor config init --out my.yaml");
}

}  // namespace wrcor::cli
