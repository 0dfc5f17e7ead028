#include "export/formats.h"

#include <nlohmann/json.hpp>

#include "minibatch/tensor_file.h"
#include "support/catch.h"
#include "unit/data/fixtures.h"
#include "unit/export/networks.h"

namespace wrcor {
namespace {

using test::cells_of_all_kinds;
using test::network_of;

std::string exported(const ExportedNetwork& network, const std::string& format) {
  return export_formats().find(format).value.content(network);
}

TEST_CASE("every format gives equal bytes for equal networks", "[export][formats]") {
  const NasBench201 space({4, 1, 10, 8, 8});
  for (const auto& format : export_formats().entries()) {
    INFO(format.name);
    CHECK(format.summary.size() < 90);
    const std::string content = format.value.content(network_of(space, cells_of_all_kinds[0]));
    CHECK(content == format.value.content(network_of(space, cells_of_all_kinds[0])));
    CHECK(content.starts_with("\"\"\"") == format.value.is_source);
  }
}

TEST_CASE("the weights format is a state dict of the network", "[export][formats]") {
  const NasBench201 space({4, 1, 10, 8, 8});
  const ExportedNetwork network = network_of(space, cells_of_all_kinds[1]);
  const auto tensors = parse_tensor_file(exported(network, "weights"), "some.pt");
  CHECK_NOTHROW(StateDict("some.pt", tensors, space.plan(network.genotype), at::kCPU));
  for (const auto& [name, tensor] : network.state) CHECK(at::equal(tensors.at(name), tensor));
}

TEST_CASE("safetensors have the state dict, and a folder what a model hub expects",
          "[export][formats]") {
  const NasBench201 space({4, 1, 10, 8, 12});
  ExportedNetwork network = network_of(space, cells_of_all_kinds[1]);
  network.remarks = {"Found by chance.", ""};
  network.origin_of_weights = "Its weights are waves.";
  network.space_settings = {{"name", "nb201"}, {"channels", 4}};
  const auto tensors = parse_tensor_file(exported(network, "safetensors"), "some");
  CHECK(tensors.size() == network.state.size());
  for (const auto& [name, tensor] : network.state) CHECK(at::equal(tensors.at(name), tensor));

  const ExportFormat& format = export_formats().find("safetensors").value;
  std::map<std::string, std::string> files;
  for (const ExportedFile& file : format.companions(network)) files[file.name] = file.content;
  REQUIRE(files.size() == 3);
  CHECK(std::string(format.name_in_folder) == "model.safetensors");
  const auto config = nlohmann::json::parse(files.at("config.json"));
  CHECK(config["arch"].get<std::string>() == cells_of_all_kinds[1]);
  CHECK(config["space"]["channels"] == 4);
  CHECK(config["input"]["width"] == 12);
  CHECK(config["classes"] == 10);
  CHECK(config["params"] == space.costs(network.genotype).params);
  const std::string& card = files.at("README.md");
  CHECK_THAT(card, StartsWith("---\nlibrary_name: pytorch\n"));
  CHECK_THAT(card, ContainsSubstring("\n    " + cells_of_all_kinds[1] + "\n"));
  CHECK_THAT(card, ContainsSubstring("\nFound by chance.\n"));
  CHECK_THAT(card, ContainsSubstring("8x12 pixels"));
  CHECK_THAT(card, ContainsSubstring("\nIts weights are waves.\n"));
  CHECK(files.at("network.py") == exported(network, "python"));
}

TEST_CASE("Python source says what it is of", "[export][python]") {
  const NasBench201 space({16, 5, 100, 32, 24});
  ExportedNetwork network = network_of(space, cells_of_all_kinds[0]);
  network.remarks = {"Found by chance."};
  const std::string source = exported(network, "python");
  CHECK_THAT(source, ContainsSubstring("\n    " + cells_of_all_kinds[0] + "\n"));
  CHECK_THAT(source, ContainsSubstring("\nFound by chance.\n"));
  CHECK_THAT(source, ContainsSubstring("an image of 32x24 pixels"));
  CHECK_THAT(source, ContainsSubstring("channels=16, cells=5, classes=100"));
  CHECK_THAT(source, ContainsSubstring("# 593,236 parameters"));  // 79,156 + 28,000 + 2 * 243,040
}

TEST_CASE("Python source computes what the network needs and no more", "[export][python]") {
  const NasBench201 space({4, 1, 10, 8, 8});
  const auto cell = [&](const std::string& arch) {
    const std::string source = exported(network_of(space, arch), "python");
    const std::size_t start = source.find("def forward", source.find("class Cell"));
    return source.substr(start, source.find("\n\n", start) - start);
  };
  const std::string head = "def forward(self, x):\n        ";
  CHECK(cell(cells_of_all_kinds[0]) ==
        head +
            "node_1 = self.layers[\"0\"](x)\n"
            "        node_2 = self.layers[\"1\"](x) + self.layers[\"2\"](node_1)\n"
            "        return x + self.layers[\"5\"](node_2)");
  CHECK(cell(cells_of_all_kinds[2]) == head +
                                           "node_1 = self.layers[\"0\"](x)\n"
                                           "        # Leads nowhere, but has running statistics.\n"
                                           "        self.layers[\"2\"](node_1)\n"
                                           "        return x");
  CHECK(cell(cells_of_all_kinds[3]) == head +
                                           "# Leads nowhere, but has running statistics.\n"
                                           "        self.layers[\"0\"](x)\n"
                                           "        return self.layers[\"3\"](x)");
  CHECK(cell(cells_of_all_kinds[5]) == head + "return x");
  CHECK(cell(cells_of_all_kinds[6]) == head + "return torch.zeros_like(x)");
}

}  // namespace
}  // namespace wrcor
