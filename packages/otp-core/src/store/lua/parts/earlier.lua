-- The verifications of a number that are kept besides the newest, under a key of their own: in the hash of the number
-- they would soon be too long for its compact form.

local NONCE_LENGTH = 16
local NONCE = string.rep('.', NONCE_LENGTH)
-- Verifications of one number that are kept besides the newest; past it the oldest is forgotten before its time.
local MAX_EARLIER = 500

local function earlier_key(number)
  return (string.gsub(number, '}:number$', '}:earlier'))
end

-- Notes what has been the newest verification of a number, and drops the oldest ones that are not kept any more; all of
-- them are over after `ms`.
local function keep_earlier(number, prefix, nonce, ms)
  local key = earlier_key(number)
  local nonces = nonce .. (redis.call('GET', key) or '')
  while nonces ~= '' do
    local oldest = prefix .. string.sub(nonces, -NONCE_LENGTH)
    if #nonces > MAX_EARLIER * NONCE_LENGTH then
      redis.call('DEL', oldest)
    elseif redis.call('EXISTS', oldest) == 1 then
      break
    end
    nonces = string.sub(nonces, 1, -NONCE_LENGTH - 1)
  end
  if nonces == '' then redis.call('DEL', key) else redis.call('SET', key, nonces, 'PX', ms) end
end

-- Nothing of a number leads to this verification any more.
local function forget_nonce(number, nonce)
  if redis.call('HGET', number, 'active') == nonce then redis.call('HDEL', number, 'active') end
  local key, nonces = earlier_key(number), {}
  for other in string.gmatch(redis.call('GET', key) or '', NONCE) do
    if other ~= nonce then nonces[#nonces + 1] = other end
  end
  if #nonces == 0 then redis.call('DEL', key) else redis.call('SET', key, table.concat(nonces), 'KEEPTTL') end
end
