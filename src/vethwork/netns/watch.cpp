#include <vethwork/netns/watch.hpp>

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include <vethwork/base/bytes.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::netns {

Result<NameWatch> NameWatch::open() {
    Fd fd(::inotify_init1(IN_CLOEXEC));
    if (!fd.is_open()) return lookup_error(errno, "inotify_init failed");
    if (::mkdir(run_dir, 0755) != 0 && errno != EEXIST)
        return lookup_error(errno, std::string("mkdir ") + run_dir + " failed");
    if (::inotify_add_watch(fd.get(), run_dir, IN_CREATE | IN_DELETE) < 0)
        return lookup_error(errno, "inotify_add_watch failed");
    return NameWatch(std::move(fd));
}

Result<> NameWatch::wait(std::function<void(NameEvent, std::string_view)> const& each) {
    std::array<std::uint8_t, 4096> buffer;
    ssize_t const size = ::read(fd_.get(), buffer.data(), buffer.size());
    if (size < 0) return lookup_error(errno, "read failed");
    ByteReader reader(Bytes(buffer).first(static_cast<std::size_t>(size)));
    while (reader.left() > 0) {
        auto const event = reader.native<inotify_event>();
        auto const padded = as_text(reader.take(event.len));
        if (reader.failed()) break;
        auto const name = padded.substr(0, padded.find('\0'));
        if (event.mask & IN_CREATE) each(NameEvent::added, name);
        if (event.mask & IN_DELETE) each(NameEvent::deleted, name);
    }
    return {};
}

}  // namespace vethwork::netns
