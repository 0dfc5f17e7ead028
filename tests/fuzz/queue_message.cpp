// Messages of a queue: what is read is written and read again as the same.
#include "queue/messages.h"

#include "support/file.h"
#include "support/property.h"

using namespace wrcor;

namespace {

template <typename Message>
void read_twice(std::string_view text) {
  try {
    const std::string written = Message::parse(text).text();
    fuzz::require(Message::parse(written).text() == written, "what is read is read again");
  } catch (const MessageError&) {
    // Not one of these.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  read_twice<WorkItem>(text);
  read_twice<WorkResult>(text);
  read_twice<RunOffer>(text);
  read_twice<WorkerCard>(text);
  return 0;
}
