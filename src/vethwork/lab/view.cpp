#include <vethwork/lab/view.hpp>

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <span>
#include <thread>
#include <vector>

#include <vethwork/base/text.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::lab {

namespace {

constexpr std::string_view view_name = "view", mounts_name = "view.mounts";

/// Mounts by the numbers that are never given twice, the smallest first.
using Mounts = std::vector<std::uint64_t>;

// Of linux/mount.h, linux/stat.h and linux/pidfd.h up to 6.11, which Debian's headers do not have yet.
constexpr long sys_statmount = 457, sys_listmount = 458;
constexpr std::uint64_t every_mount = ~std::uint64_t{0};  // LSMT_ROOT
constexpr std::uint64_t ask_file_system = 1;              // STATMOUNT_SB_BASIC
constexpr unsigned ask_mount_id = 0x4000;                 // STATX_MNT_ID_UNIQUE

constexpr unsigned of_thread = O_EXCL;                       // PIDFD_THREAD
constexpr unsigned long ask_mount_namespace = _IO(0xff, 3);  // PIDFD_GET_MNT_NAMESPACE

struct MountRequest {  // struct mnt_id_req
    std::uint32_t size = sizeof(MountRequest), spare = 0;
    std::uint64_t mount = 0, parameter = 0;
};

/// All mounts that are below one, in this mount namespace.
Result<Mounts> list_mounts(std::uint64_t below) {
    constexpr std::size_t at_once = 512;
    Mounts mounts;
    for (MountRequest request{.mount = below};;) {
        auto const known = mounts.size();
        mounts.resize(known + at_once);
        long const count = ::syscall(sys_listmount, &request, mounts.data() + known, at_once, 0u);
        if (count < 0) return system_error("list mounts");
        mounts.resize(known + static_cast<std::size_t>(count));
        if (static_cast<std::size_t>(count) < at_once) break;
        request.parameter = mounts.back();
    }
    std::ranges::sort(mounts);
    return mounts;
}

/// The mount that lies at a path; nothing where none does.
std::optional<std::uint64_t> mount_at(char const* path) {
    struct statx facts {};
    if (::statx(AT_FDCWD, path, 0, ask_mount_id, &facts) != 0) return {};
    if (!(facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) || !(facts.stx_mask & ask_mount_id)) return {};
    return facts.stx_mnt_id;
}

/// All mounts but the pins of network namespaces.
Result<Mounts> mounts_without_pins() {
    auto mounts = TRY(list_mounts(every_mount));
    auto const folder = mount_at(netns::run_dir);
    if (!folder) return mounts;
    auto pins = TRY(list_mounts(*folder));
    pins.insert(std::ranges::lower_bound(pins, *folder), *folder);
    Mounts rest;
    std::ranges::set_difference(mounts, pins, std::back_inserter(rest));
    return rest;
}

/// Whether a mount is a pin: of another lab's view, say.
bool is_pin(std::uint64_t mount) {
    struct {  // the beginning of struct statmount
        std::uint32_t size, options;
        std::uint64_t mask;
        std::uint32_t major, minor;
        std::uint64_t magic;
        std::uint64_t others[60];
    } answer{};
    MountRequest const request{.mount = mount, .parameter = ask_file_system};
    return ::syscall(sys_statmount, &request, &answer, sizeof answer, 0u) == 0 && answer.magic == NSFS_MAGIC;
}

/// A folder, whatever it is called.
struct Place {
    dev_t device = 0;
    ino_t inode = 0;

    bool operator==(Place const&) const = default;
};

Place place_of(char const* path) {
    struct stat facts {};
    return ::stat(path, &facts) == 0 ? Place{facts.st_dev, facts.st_ino} : Place{};
}

/// "DEVICE INODE MOUNT..." of the root folder and of the mounts.
std::string written(Place const& root, Mounts const& mounts) {
    std::string text = std::to_string(root.device) + " " + std::to_string(root.inode);
    for (auto const mount : mounts) text += " " + std::to_string(mount);
    return text;
}

Mounts read_numbers(std::string const& text) {
    Mounts numbers;
    for (auto const word : split_words(text))
        numbers.push_back(parse_number<std::uint64_t>(word, 10).value_or(0));
    return numbers;
}

/// Whether mounts are what they were; pins may have come.
bool are_same(std::span<std::uint64_t const> before, Mounts const& now) {
    if (!std::ranges::includes(now, before)) return false;
    Mounts fresh;
    std::ranges::set_difference(now, before, std::back_inserter(fresh));
    return std::ranges::all_of(fresh, is_pin);
}

/// The mount namespace of this thread; not by way of /proc, which may be that of other processes.
Result<Fd> own_mounts() {
    Fd const self(static_cast<int>(::syscall(SYS_pidfd_open, ::syscall(SYS_gettid), of_thread)));
    if (!self.is_open()) return system_error("hold this thread");
    Fd mounts(::ioctl(self.get(), ask_mount_namespace, 0));
    if (!mounts.is_open()) return system_error("hold a mount namespace");
    return mounts;
}

/// In a thread of its own: moves it into a mount namespace without pins.
Result<Fd> leave_out_pins() {
    if (::unshare(CLONE_NEWNS) != 0) return system_error("make a mount namespace");
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
        return system_error("keep mounts apart");
    while (mount_at(netns::run_dir))
        if (::umount2(netns::run_dir, MNT_DETACH) != 0)
            return system_error("leave out the pins of namespaces");
    auto const root = place_of("/");
    Fd own = TRY(own_mounts());
    if (::setns(own.get(), CLONE_NEWNS) != 0) return system_error("stand at the root of all mounts");
    if (place_of("/") != root) return system_error(ENOSYS, "look at all of the machine's files");
    return own;
}

/// A mount namespace without pins, made by one of the processors.
Result<Fd> pinless(int processor) {
    Result<Fd> made = Fd();
    std::thread([&made, processor] {
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET(processor, &only);
        if (::sched_setaffinity(0, sizeof only, &only) == 0) made = leave_out_pins();
    }).join();
    return made;
}

}  // namespace

Result<> keep_view(Directory const& directory) {
    auto const mounts = TRY(mounts_without_pins());
    auto const pin = directory.path_of(view_name);
    TRY(write_file(directory.path_of(mounts_name), written(place_of("/"), mounts)));
    TRY(write_file(pin, ""));
    // A mount namespace may be pinned in an older one only, and 6.18 gives each processor numbers of its own
    // to date them by: the processor that made ours always gives one that is younger.
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return system_error("list processors");
    Result<> pinned = system_error(EINVAL, "pin a mount namespace");
    for (int processor = 0; processor < CPU_SETSIZE && !pinned; ++processor) {
        if (!CPU_ISSET(processor, &allowed)) continue;
        pinned = netns::mount_handle(TRY(pinless(processor)), pin);
        if (!pinned && pinned.error().code != EINVAL && pinned.error().code != ELOOP) break;
    }
    return pinned;
}

std::optional<Fd> open_view(Directory const& directory) {
    auto view = open_file(directory.path_of(view_name), O_RDONLY);
    struct statfs facts {};
    if (!view || ::fstatfs(view->get(), &facts) != 0 || facts.f_type != NSFS_MAGIC) return {};
    auto const text = read_file(directory.path_of(mounts_name));
    auto const now = mounts_without_pins();
    if (!text || !now) return {};
    auto const numbers = read_numbers(*text);
    if (numbers.size() < 2 || Place{numbers[0], numbers[1]} != place_of("/")) return {};
    if (!are_same(std::span(numbers).subspan(2), *now)) return {};
    return std::move(*view);
}

void enter_view(Fd const& view) {
    auto const own = own_mounts();
    auto const folder = open_file(".", O_PATH | O_DIRECTORY);
    char path[4096];
    auto const place = place_of(".");
    if (!own || !folder || !::getcwd(path, sizeof path) || ::setns(view.get(), CLONE_NEWNS) != 0) return;
    if (::chdir(path) == 0 && place_of(".") == place) return;
    if (::setns(own->get(), CLONE_NEWNS) == 0) (void)!::fchdir(folder->get());
}

void let_view_go(std::string const& folder) {
    (void)::umount2((folder + "/" + std::string(view_name)).c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
}

}  // namespace vethwork::lab
