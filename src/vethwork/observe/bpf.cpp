#include <vethwork/observe/bpf.hpp>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace vethwork::observe {

namespace {

constexpr char const* privilege_hint =
    "this needs root of the machine (CAP_BPF and CAP_PERFMON; before Linux 5.8 CAP_SYS_ADMIN); being root of "
    "a "
    "user namespace is not enough";
constexpr std::size_t record_header = 8;

int bpf(bpf_cmd command, bpf_attr& attributes) {
    return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

std::uint64_t address_of(void const* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

/// The present errno as an Error; `invalid_hint` says what the kernel probably lacks where it understands
/// nothing.
Error refused(std::string attempt, std::string invalid_hint = {}) {
    switch (int const code = errno) {
        case EPERM:
            return system_error(code, std::move(attempt), privilege_hint);
        case ENOSYS:
            return system_error(code, std::move(attempt), "the kernel is built without CONFIG_BPF_SYSCALL");
        case EINVAL:
            return system_error(code, std::move(attempt), std::move(invalid_hint));
        default:
            return system_error(code, std::move(attempt));
    }
}

/// The last lines of a text.
std::string ending(std::string_view text) {
    constexpr std::size_t longest = 400;
    text = text.substr(0, text.find('\0'));
    return std::string(text.size() > longest ? text.substr(text.size() - longest) : text);
}

bpf_attr load_request(std::span<bpf_insn const> instructions) {
    bpf_attr attributes{};
    attributes.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
    attributes.insn_cnt = static_cast<std::uint32_t>(instructions.size());
    attributes.insns = address_of(instructions.data());
    attributes.license = address_of("Dual MIT/GPL");
    return attributes;
}

}  // namespace

Result<Fd> create_bpf_map(BpfMapShape const& shape) {
    bpf_attr attributes{};
    attributes.map_type = shape.type;
    attributes.key_size = shape.key_size;
    attributes.value_size = shape.value_size;
    attributes.max_entries = shape.most_entries;
    int const fd = bpf(BPF_MAP_CREATE, attributes);
    if (fd < 0) return refused("make a BPF map", "rings of records (BPF_MAP_TYPE_RINGBUF) need Linux 5.8");
    return Fd(fd);
}

Result<> set_bpf_entry(Fd const& map, void const* key, void const* value) {
    bpf_attr attributes{};
    attributes.map_fd = static_cast<std::uint32_t>(map.get());
    attributes.key = address_of(key);
    attributes.value = address_of(value);
    if (bpf(BPF_MAP_UPDATE_ELEM, attributes) != 0) return refused("fill a BPF map");
    return {};
}

Result<> remove_bpf_entry(Fd const& map, void const* key) {
    bpf_attr attributes{};
    attributes.map_fd = static_cast<std::uint32_t>(map.get());
    attributes.key = address_of(key);
    if (bpf(BPF_MAP_DELETE_ELEM, attributes) != 0) return refused("remove from a BPF map");
    return {};
}

Result<> get_bpf_entry(Fd const& map, void const* key, void* value) {
    bpf_attr attributes{};
    attributes.map_fd = static_cast<std::uint32_t>(map.get());
    attributes.key = address_of(key);
    attributes.value = address_of(value);
    if (bpf(BPF_MAP_LOOKUP_ELEM, attributes) != 0) return refused("read a BPF map");
    return {};
}

Result<Fd> load_tracepoint_program(std::span<bpf_insn const> instructions) {
    bpf_attr attributes = load_request(instructions);
    int fd = bpf(BPF_PROG_LOAD, attributes);
    if (fd >= 0) return Fd(fd);
    Error error = refused("load a BPF program for a tracepoint");
    if (error.code == EPERM) return error;
    std::string log(1 << 18, '\0');
    attributes.log_level = 1;
    attributes.log_buf = address_of(log.data());
    attributes.log_size = static_cast<std::uint32_t>(log.size());
    fd = bpf(BPF_PROG_LOAD, attributes);
    if (fd >= 0) return Fd(fd);
    error.kernel_text = ending(log);
    return error;
}

Result<Fd> attach_to_tracepoint(Fd const& program, char const* tracepoint) {
    bpf_attr attributes{};
    attributes.raw_tracepoint.name = address_of(tracepoint);
    attributes.raw_tracepoint.prog_fd = static_cast<std::uint32_t>(program.get());
    int const fd = bpf(BPF_RAW_TRACEPOINT_OPEN, attributes);
    if (fd < 0) return refused(std::string("attach to the tracepoint \"") + tracepoint + "\"");
    return Fd(fd);
}

Result<BpfRing> BpfRing::create(std::uint32_t size) {
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    BpfRing ring;
    ring.fd_ = TRY(create_bpf_map({.type = BPF_MAP_TYPE_RINGBUF, .most_entries = size}));
    ring.size_ = size;
    void* const consumer = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd_.get(), 0);
    if (consumer == MAP_FAILED) return system_error("map a BPF ring");
    ring.consumer_ = consumer;
    void* const producer = ::mmap(nullptr, page + 2 * std::size_t{size}, PROT_READ, MAP_SHARED,
                                  ring.fd_.get(), static_cast<off_t>(page));
    if (producer == MAP_FAILED) return system_error("map a BPF ring");
    ring.producer_ = producer;
    return ring;
}

BpfRing& BpfRing::operator=(BpfRing&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(size_, other.size_);
    std::swap(consumer_, other.consumer_);
    std::swap(producer_, other.producer_);
    return *this;
}

void BpfRing::unmap() {
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    if (consumer_ != nullptr) ::munmap(consumer_, page);
    if (producer_ != nullptr) ::munmap(producer_, page + 2 * std::size_t{size_});
}

void BpfRing::read(std::function<void(Bytes)> const& each) {
    if (producer_ == nullptr) return;
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    auto* const data = static_cast<std::uint8_t*>(producer_) + page;
    std::atomic_ref<unsigned long> consumed(*static_cast<unsigned long*>(consumer_));
    std::atomic_ref<unsigned long> produced(*static_cast<unsigned long*>(producer_));
    unsigned long at = consumed.load(std::memory_order_relaxed);
    while (at < produced.load(std::memory_order_acquire)) {
        auto* const record = data + (at & (size_ - 1));
        std::atomic_ref<std::uint32_t> head(*reinterpret_cast<std::uint32_t*>(record));
        std::uint32_t const length = head.load(std::memory_order_acquire);
        if ((length & BPF_RINGBUF_BUSY_BIT) != 0) break;
        std::size_t const size = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        if ((length & BPF_RINGBUF_DISCARD_BIT) == 0) each({record + record_header, size});
        at += (size + record_header + 7) & ~std::size_t{7};
        consumed.store(at, std::memory_order_release);
    }
}

}  // namespace vethwork::observe
