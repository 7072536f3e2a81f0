-- The verifications of a number that are kept besides the newest.

local NONCE_LENGTH = 16
local NONCE = string.rep('.', NONCE_LENGTH)
-- Verifications of one number that are kept besides the newest; past it the oldest is forgotten before its time.
local MAX_EARLIER = 500

local function set_earlier(number, nonces)
  if nonces == '' then redis.call('HDEL', number, 'earlier') else redis.call('HSET', number, 'earlier', nonces) end
end

-- Notes what has been the newest verification of a number, and drops the oldest ones that are not kept any more.
local function keep_earlier(number, prefix, nonce)
  local nonces = nonce .. (redis.call('HGET', number, 'earlier') or '')
  while nonces ~= '' do
    local oldest = prefix .. string.sub(nonces, -NONCE_LENGTH)
    if #nonces > MAX_EARLIER * NONCE_LENGTH then
      redis.call('DEL', oldest)
    elseif redis.call('EXISTS', oldest) == 1 then
      break
    end
    nonces = string.sub(nonces, 1, -NONCE_LENGTH - 1)
  end
  set_earlier(number, nonces)
end

-- Nothing of a number leads to this verification any more.
local function forget_nonce(number, nonce)
  local known = redis.call('HMGET', number, 'active', 'earlier')
  if known[1] == nonce then redis.call('HDEL', number, 'active') end
  if not known[2] then return end
  local nonces = {}
  for other in string.gmatch(known[2], NONCE) do
    if other ~= nonce then nonces[#nonces + 1] = other end
  end
  set_earlier(number, table.concat(nonces))
end
