// Names of namespaces as they come and go. Source: inotify(7).
#pragma once

#include <functional>
#include <string_view>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::netns {

enum class NameEvent { added, deleted };

class NameWatch {
public:
    /// Makes the folder of names where there is none.
    [[nodiscard]] static Result<NameWatch> open();
    /// Waits for events and tells them all.
    [[nodiscard]] Result<> wait(std::function<void(NameEvent, std::string_view name)> const& each);
    /// Readable when wait() would not block.
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    explicit NameWatch(Fd fd) : fd_(std::move(fd)) {}

    Fd fd_;
};

}  // namespace vethwork::netns
