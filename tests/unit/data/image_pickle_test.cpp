#include "data/image_pickle.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/file.h"
#include "data/binary_records.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using namespace std::string_literals;
using test::message_of;
using test::TemporaryFolder;

// The fixtures hold three images, whose byte k is (7 i + k) modulo 256 in image i, with the labels
// 5, 121 and 120. Python wrote them; numpy_2 and python_2 were edited to match what those versions
// write.
std::string pickle_fixture(const std::string& name) {
  return read_file(WRCOR_SOURCE_DIR "/tests/fixtures/imagenet16/" + name + ".pickle");
}

std::string record(int label, int first) {
  std::string bytes(1, static_cast<char>(label));
  for (int k = 0; k < 768; ++k) bytes += static_cast<char>(first + k);
  return bytes;
}

std::string pickle_message(const std::string& bytes) {
  const auto message =
      message_of<DataError>([&] { parse_image_pickle(bytes, "batch", imagenet16_pickle()); });
  CHECK_THAT(message, StartsWith("batch: found "));
  CHECK_THAT(message, ContainsSubstring(" at byte "));
  CHECK_THAT(message, ContainsSubstring(", expected "));
  CHECK(message.find('\n') == std::string::npos);
  return message;
}

TEST_CASE("a published pickle gives its images of 120 classes, whatever wrote it",
          "[data][imagenet16]") {
  const std::string name =
      GENERATE("protocol_2", "protocol_3", "protocol_4", "protocol_5", "python_2", "numpy_2",
               "labels_array", "labels_big_endian", "labels_scalars");
  INFO(name);
  CHECK(parse_image_pickle(pickle_fixture(name), name, imagenet16_pickle()) ==
        record(4, 0) + record(119, 14));
}

TEST_CASE("a pickle that would run something is refused by name and runs nothing",
          "[data][imagenet16]") {
  const std::string name = GENERATE("system", "system_4");
  CHECK_THAT(pickle_message(pickle_fixture(name)),
             ContainsSubstring("found 'posix.system' at byte ") &&
                 ContainsSubstring("names of numpy's arrays only"));
  CHECK_FALSE(std::filesystem::exists("/tmp/wrcor_was_here"));
}

TEST_CASE("a pickle cut short anywhere is refused in a line", "[data][imagenet16]") {
  const std::string name = GENERATE("protocol_2", "protocol_3", "protocol_4", "protocol_5",
                                    "python_2", "labels_scalars");
  const std::string whole = pickle_fixture(name);
  for (std::size_t size = 0; size < whole.size(); ++size) pickle_message(whole.substr(0, size));
}

TEST_CASE("a pickle with a wrong byte anywhere gives images or a line", "[data][imagenet16]") {
  const std::string whole = pickle_fixture(GENERATE("protocol_2", "protocol_4", "labels_scalars"));
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
      try {
        const std::string records = parse_image_pickle(changed, "batch", imagenet16_pickle());
        CHECK(records.size() % 769 == 0);
      } catch (const DataError& error) {
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
      }
    }
  }
}

TEST_CASE("arrays and labels that do not fit are named", "[data][imagenet16]") {
  const auto message = [](const std::string& name) { return pickle_message(pickle_fixture(name)); };
  CHECK_THAT(message("wrong_shape"), ContainsSubstring("type u1 and shape [3, 767]") &&
                                         ContainsSubstring("type u1 and shape [3, 768]"));
  CHECK_THAT(message("five_labels"), ContainsSubstring("shape [3, 768]") &&
                                         ContainsSubstring("shape [5, 768], a row for each label"));
  CHECK_THAT(message("fortran"), ContainsSubstring("in Fortran order"));
  CHECK_THAT(message("fortran_frombuffer"), ContainsSubstring("in Fortran order"));
  CHECK_THAT(message("big_endian"), ContainsSubstring("found an array of type u2"));
  CHECK_THAT(message("label_1001"),
             ContainsSubstring("found label 1001 of image 1") && ContainsSubstring("1 to 1000"));
  CHECK_THAT(message("no_labels"), ContainsSubstring("found no 'labels' in the dictionary"));
}

TEST_CASE("lengths beyond the file are refused before any memory is taken", "[data][imagenet16]") {
  const std::string vast("\0\0\0\0\0\0\0\x40", 8);  // 2^62
  CHECK_THAT(pickle_message("\x80\x04\x8e"s + vast + "abc"),
             ContainsSubstring("found the end of the file, 3 bytes on at byte 2, expected "
                               "4611686018427387904 more bytes"));
  CHECK_THAT(pickle_message("\x80\x04\x95"s + vast + "."), ContainsSubstring("a frame of"));
  // A number of bytes that wraps around to the actual number, 0.
  const std::string dtype = "cnumpy\ndtype\nU\2i8\x85R";
  const std::string array =
      "cnumpy.core.numeric\n_frombuffer\n(C\0"s + dtype + "\x8a\x08" + vast + "\x85U\1CtR";
  CHECK_THAT(pickle_message("\x80\x04}(U\4dataNU\6labels" + array + "u."),
             ContainsSubstring("shape [4611686018427387904]") &&
                 ContainsSubstring("expected one that fits into memory"));
}

TEST_CASE("a pickle that is none of a batch is named", "[data][imagenet16]") {
  CHECK_THAT(pickle_message(""), ContainsSubstring("an empty file"));
  CHECK_THAT(pickle_message("(dp0\n."), ContainsSubstring("no pickle of protocol 2 to 5"));
  CHECK_THAT(pickle_message("\x80\x06."), ContainsSubstring("protocol 6"));
  CHECK_THAT(pickle_message("\x80\x02."), ContainsSubstring("an empty stack"));
  CHECK_THAT(pickle_message("\x80\x02]."),
             ContainsSubstring("found a list at byte 2, expected a dic"));
  CHECK_THAT(pickle_message("\x80\x02}.x"), ContainsSubstring("found 1 more byte at byte 4"));
  CHECK_THAT(pickle_message("\x80\x02h\x07."), ContainsSubstring("no value number 7"));
  CHECK_THAT(pickle_message("\x80\x02(NNu."), ContainsSubstring("an empty stack"));
  CHECK_THAT(pickle_message("\x80\x02}Na."), ContainsSubstring("found a dictionary"));
  CHECK_THAT(pickle_message("\x80\x02P."), ContainsSubstring("the opcode 0x50"));
}

TEST_CASE("a pickle may refer to itself and nest without end", "[data][imagenet16]") {
  CHECK_THAT(pickle_message("\x80\x02]q\0h\0a."s), ContainsSubstring("found a list"));
  std::string deep = "\x80\x02";
  for (int k = 0; k < 500'000; ++k) deep += "]";
  for (int k = 1; k < 500'000; ++k) deep += "a";
  CHECK_THAT(pickle_message(deep + "."), ContainsSubstring("found a list"));
  CHECK_THAT(pickle_message("\x80\x02" + std::string(3'000'000, ']')),
             ContainsSubstring("at most 2000000"));
}

TEST_CASE("arrays that are made otherwise than numpy's are refused", "[data][imagenet16]") {
  const std::string dtype = "cnumpy\ndtype\nU\2u1\x85R";
  const auto message_of_data = [](const std::string& data) {
    return pickle_message("\x80\x02}(U\4data" + data + "U\6labels]u.");
  };
  const std::string reconstruct = "cnumpy.core.multiarray\n_reconstruct\n)R";
  CHECK_THAT(message_of_data(reconstruct), ContainsSubstring("an array without its content"));
  CHECK_THAT(message_of_data(reconstruct + "q\1h\1b"), ContainsSubstring("expected a tuple for"));
  CHECK_THAT(message_of_data(reconstruct + ")b"),
             ContainsSubstring("found 0 arguments at byte ") && ContainsSubstring("at least 3"));
  CHECK_THAT(message_of_data(dtype), ContainsSubstring("found a call of 'numpy.dtype'") &&
                                         ContainsSubstring("expected a numpy array"));
  CHECK_THAT(message_of_data("]"), ContainsSubstring("found a list at byte "));
  const std::string scalar = "cnumpy.core.multiarray\nscalar\n";
  CHECK_THAT(message_of_data(scalar + "NN\x86R"), ContainsSubstring("expected a dtype"));
  CHECK_THAT(message_of_data(scalar + dtype + "N\x86R"), ContainsSubstring("expected bytes"));
  CHECK_THAT(message_of_data(scalar + dtype + "c_codecs\nencode\nU\1xU\5utf-8\x86R\x86R"),
             ContainsSubstring("found 'utf-8'") && ContainsSubstring("'latin1' for encode"));
}

TEST_CASE("a name is refused wherever it stands", "[data][imagenet16]") {
  CHECK_THAT(pickle_message("\x80\x02}U\4restcos\nsystem\ns."),
             ContainsSubstring("found 'os.system' at byte 9, expected names of numpy's arrays"));
  CHECK_THAT(pickle_message("\x80\x02"
                            "cos\nsystem\n0."),
             ContainsSubstring("the opcode 0x30"));
}

std::string sized(char opcode, const std::string& content) {
  std::string text(1, opcode);
  for (int shift = 0; shift < 32; shift += 8)
    text += static_cast<char>(content.size() >> shift & 0xff);
  return text + content;
}

/// Python's pickle of {"data": ..., and lists of labels}, with the pixels of cifar_record().
std::string cifar_pickle(const std::vector<std::pair<std::string, std::vector<int>>>& labels) {
  const std::size_t images = labels.front().second.size();
  std::string pixels, program = "\x80\x02}(X\x0b\0\0\0batch_labelN"s;
  for (const auto& [key, values] : labels) {
    program += sized('X', key) + "](";
    for (const int label : values) program += std::string("K") + static_cast<char>(label);
    program += "e";
  }
  for (std::size_t i = 0; i < images; ++i) {
    for (std::size_t k = 0; k < 3072; ++k) pixels += static_cast<char>(i + k);
  }
  return program + sized('X', "data") + "cnumpy.core.numeric\n_frombuffer\n(" + sized('B', pixels) +
         "cnumpy\ndtype\nX\x02\0\0\0u1\x85RK"s + static_cast<char>(images) +
         "M\0\x0c\x86X\x01\0\0\0CtRu."s;
}

std::string cifar_record(const std::vector<int>& labels, int first) {
  std::string bytes;
  for (const int label : labels) bytes += static_cast<char>(label);
  for (int k = 0; k < 3072; ++k) bytes += static_cast<char>(first + k);
  return bytes;
}

TEST_CASE("the pickles of CIFAR hold what its binary files do", "[data][cifar]") {
  const std::string ten = cifar_pickle({{"labels", {9, 0}}});
  CHECK(parse_image_pickle(ten, "data_batch_1", cifar10_pickle()) ==
        cifar_record({9}, 0) + cifar_record({0}, 1));
  const std::string hundred = cifar_pickle({{"fine_labels", {99, 42}}, {"coarse_labels", {19, 0}}});
  CHECK(parse_image_pickle(hundred, "train", cifar100_pickle()) ==
        cifar_record({19, 99}, 0) + cifar_record({0, 42}, 1));
}

TEST_CASE("keys that are bytes are read as Python 3 writes them in protocol 2", "[data][cifar]") {
  std::string pickle = cifar_pickle({{"labels", {9, 0}}});
  const std::string plain = pickle;
  for (const char* key : {"labels", "data"}) {
    const std::string text = sized('X', key);
    const std::string call =
        "c_codecs\nencode\n" + text + sized('X', "latin1") + "\x86R";  // of (text, 'latin1')
    pickle.replace(pickle.find(text), text.size(), call);
  }
  CHECK(parse_image_pickle(pickle, "data_batch_1", cifar10_pickle()) ==
        parse_image_pickle(plain, "data_batch_1", cifar10_pickle()));
}

TEST_CASE("a pickle of CIFAR that does not fit is refused in a line", "[data][cifar]") {
  const auto problem = [](const std::string& bytes, const PickledImages& form) {
    return message_of<DataError>([&] { parse_image_pickle(bytes, "train", form); });
  };
  CHECK_THAT(problem(cifar_pickle({{"labels", {9, 10}}}), cifar10_pickle()),
             StartsWith("train: found label 10 of image 1 in the 'labels' at byte ") &&
                 EndsWith(", expected 0 to 9"));
  CHECK_THAT(problem(cifar_pickle({{"labels", {9}}}), cifar100_pickle()),
             EndsWith("expected 'data' and 'coarse_labels' and 'fine_labels'"));
  CHECK_THAT(
      problem(cifar_pickle({{"fine_labels", {1}}, {"coarse_labels", {1, 2}}}), cifar100_pickle()),
      StartsWith("train: found 1 'fine_labels' at byte ") &&
          EndsWith("expected 2 as of the others"));
}

TEST_CASE("CIFAR is read from the pickles for Python", "[data][cifar]") {
  const TemporaryFolder folder;
  folder.write("cifar-10-batches-py/data_batch_2", cifar_pickle({{"labels", {7, 8, 9}}}));
  folder.write("cifar-10-batches-py/test_batch", cifar_pickle({{"labels", {1, 2}}}));
  folder.write("cifar-100-python/train",
               cifar_pickle({{"fine_labels", {99}}, {"coarse_labels", {3}}}));
  std::filesystem::create_directories(folder.path() / "train");  // no file of CIFAR-100
  const DatasetOptions training{folder.path().string()};
  DatasetOptions test = training;
  test.split = Split::test;
  std::vector<std::uint8_t> pixels(3072);
  CHECK(make_cifar10(training)->size() == 3);
  CHECK(make_cifar10(training)->read(1, pixels) == 8);
  CHECK(pixels[0] == 1);
  CHECK(make_cifar10(test)->size() == 2);
  CHECK(make_cifar100(training)->read(0, pixels) == 99);
  // The binary files of a folder are read first.
  folder.write("cifar-10-batches-py/data_batch_1.bin", cifar_record({4}, 0));
  CHECK(make_cifar10(training)->size() == 1);
}

TEST_CASE("ImageNet16-120 is read from published files, those that exist", "[data][imagenet16]") {
  const TemporaryFolder folder;
  folder.write("ImageNet16/train_data_batch_10", pickle_fixture("protocol_4"));
  folder.write("ImageNet16/train_data_batch_2", pickle_fixture("python_2"));
  folder.write("ImageNet16/val_data", "not looked at");
  const auto dataset = make_imagenet16({folder.path().string()});
  REQUIRE(dataset->size() == 4);
  std::vector<std::uint8_t> pixels(768);
  CHECK(dataset->read(3, pixels) == 119);
  CHECK(pixels[1] == 15);
  // The program's own file is read first.
  folder.write("ImageNet16/imagenet16_120.bin", record(7, 0));
  CHECK(make_imagenet16({folder.path().string()})->size() == 1);
}

TEST_CASE("a broken published file is named with its path", "[data][imagenet16]") {
  const TemporaryFolder folder;
  const auto file =
      folder.write("train_data_batch_1", pickle_fixture("protocol_3").substr(0, 1000));
  CHECK_THAT(message_of<DataError>([&] { make_imagenet16({folder.path().string()}); }),
             StartsWith(file.string() + ": found the end of the file"));
}

}  // namespace
}  // namespace wrcor
