#include "data/image_folder.h"

#include <filesystem>
#include <string>
#include <vector>

#include "core/file.h"
#include "minibatch/fit_image.h"
#include "minibatch/minibatch.h"
#include "unit/data/fixtures.h"
#include "unit/data/log_capture.h"

namespace wrcor {
namespace {

using test::LogCapture;
using test::message_of;
using test::TemporaryFolder;

std::string image(const std::string& name) {
  return read_file(WRCOR_SOURCE_DIR "/tests/fixtures/images/" + name);
}

DatasetOptions options(const TemporaryFolder& folder) {
  return {.root = folder.path().string(), .fit = fit_image};
}

TEST_CASE("classes and images are in the order of their names' bytes", "[data][folder]") {
  const TemporaryFolder folder;
  folder.write("b/2.PNG", image("grey.png"));
  folder.write("b/10.jpg", image("grey.jpg"));
  folder.write("a/x.jpeg", image("colour.jpg"));
  folder.write("B/only.png", image("colour.png"));
  const auto dataset = make_image_folder(options(folder));
  REQUIRE(dataset->size() == 4);
  CHECK(dataset->info().classes == 3);
  CHECK(dataset->info().image == FeatureShape{3, 32, 32});
  CHECK(dataset->info().crop_padding == 4);
  std::vector<std::uint8_t> pixels(3 * 32 * 32);
  std::vector<int> labels;
  for (std::int64_t k = 0; k < 4; ++k) labels.push_back(dataset->read(k, pixels));
  CHECK(labels == std::vector<int>{0, 1, 2, 2});  // B, a, b
  dataset->read(2, pixels);                       // b/10.jpg
  CHECK(std::abs(pixels[0] - 77) <= 3);
}

TEST_CASE("images of a folder have the size asked for", "[data][folder]") {
  const TemporaryFolder folder;
  folder.write("a/1.png", image("colour.png"));
  folder.write("b/1.jpg", image("colour.jpg"));
  DatasetOptions sized = options(folder);
  sized.image_size = ImageSize{64, 33};
  CHECK(image_folder_info(sized).image == FeatureShape{3, 64, 33});
  CHECK(image_folder_info(sized).crop_padding == 4);
  // With the number of classes, no folder is needed.
  CHECK(image_folder_info({.root = "nowhere", .classes = 7}).classes == 7);
  const Minibatch batch = draw_minibatch(*make_image_folder(sized), 2, true, 0);
  CHECK(batch.images.sizes() == at::IntArrayRef{2, 3, 64, 33});
  CHECK(batch.sha256 == draw_minibatch(*make_image_folder(sized), 2, true, 0).sha256);
}

TEST_CASE("what is hidden is skipped, what is no image with a warning that says why",
          "[data][folder]") {
  const TemporaryFolder folder;
  folder.write("a/1.png", image("colour.png"));
  folder.write("a/.hidden.png", "");
  folder.write("a/notes.txt", "");
  folder.write("a/deeper/1.png", image("colour.png"));
  folder.write("b/1.png", image("colour.png"));
  folder.write(".git/1.png", "");
  folder.write("labels.csv", "");
  const LogCapture log;
  CHECK(make_image_folder(options(folder))->size() == 2);
  const std::string start = "warning: " + folder.path().string() + ": ignoring what ";
  CHECK(log.text() ==
        start + "lies beside the folders of the classes: 1 in all, such as 'labels.csv'\n" + start +
            "is not a PNG or JPEG file by its suffix: 2 in all, such as 'notes.txt'\n");
}

TEST_CASE("listing a folder decodes nothing; reading names the file that is no image",
          "[data][folder]") {
  const TemporaryFolder folder;
  folder.write("a/1.png", "nonsense");
  folder.write("b/1.png", image("colour.png").substr(0, 60));
  std::filesystem::create_symlink("nowhere", folder.path() / "b/2.png");
  const auto dataset = make_image_folder(options(folder));
  REQUIRE(dataset->size() == 3);
  std::vector<std::uint8_t> pixels(3 * 32 * 32);
  const auto message = [&](std::int64_t index) {
    return message_of<DataError>([&] { dataset->read(index, pixels); });
  };
  CHECK_THAT(message(0), ContainsSubstring("/a/1.png: found neither a PNG nor a JPEG image"));
  CHECK_THAT(message(1), ContainsSubstring("/b/1.png: found a PNG image that cannot be decoded"));
  CHECK_THAT(message(2), ContainsSubstring("cannot read '") && ContainsSubstring("/b/2.png'"));
}

TEST_CASE("links to images and to classes are followed", "[data][folder]") {
  const TemporaryFolder elsewhere, folder;
  const auto file = elsewhere.write("class/1.png", image("colour.png"));
  folder.write("a/1.png", image("colour.png"));
  std::filesystem::create_symlink(file, folder.path() / "a/2.png");
  std::filesystem::create_directory_symlink(elsewhere.path() / "class", folder.path() / "b");
  CHECK(make_image_folder(options(folder))->size() == 3);
}

TEST_CASE("a folder that holds no classes is an error that says what is expected",
          "[data][folder]") {
  CHECK_THAT(message_of<UsageError>([] { image_folder_info({}); }),
             ContainsSubstring("needs --data-root"));
  const TemporaryFolder folder;
  const auto message = [&] {
    const auto text = message_of<DataError>([&] { make_image_folder(options(folder)); });
    CHECK_THAT(text, ContainsSubstring(folder.path().string()));
    return text;
  };
  CHECK_THAT(message(), ContainsSubstring("found 0 folders, expected two or more"));
  folder.write("a/1.png", image("colour.png"));
  CHECK_THAT(message(), ContainsSubstring("found 1 folder, expected two or more"));
  folder.write("b/1.txt", "");
  CHECK_THAT(message(), ContainsSubstring("/b: found no PNG or JPEG file"));
  const std::string missing = (folder.path() / "missing").string();
  CHECK_THAT(message_of<DataError>([&] { image_folder_info({missing}); }),
             ContainsSubstring("cannot list '" + missing + "': No such file or directory"));
}

}  // namespace
}  // namespace wrcor
